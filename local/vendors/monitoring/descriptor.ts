import { CheckError, list, record, text } from '../checked.ts';
import { labelType, metricKind, valueType } from './enums.ts';

/** A metric as it is described. */
export interface MetricDescriptor {
  type: string;
  metricKind: 'GAUGE' | 'CUMULATIVE';
  valueType: 'BOOL' | 'INT64' | 'DOUBLE' | 'STRING' | 'DISTRIBUTION';
  unit: string;
  description: string;
  displayName: string;
  labels: { key: string; valueType: 'STRING' | 'BOOL' | 'INT64'; description: string }[];
}

const MAX_LABELS = 30;
const TYPE = /^(?:custom|external)\.googleapis\.com\/[A-Za-z0-9_./-]+$/;
const LABEL_KEY = /^[a-zA-Z][a-zA-Z0-9_]{0,99}$/;
/** The part of the Unified Code for Units of Measure that Cloud Monitoring's own metrics use. */
const UNIT =
  /^(?:1|%|bit|By|s|min|h|d|[kMGT](?:bit|By)|[munp]s|\{[^{}\s]{1,60}\})?(?:\/(?:s|min|h|d|\{[^{}\s]{1,60}\}))?$/;

const anyText = (value: unknown, at: string): string => {
  if (typeof value !== 'string') throw new CheckError(`Invalid value at '${at}': it must be a text.`);
  return value;
};

const shape = record({
  ...{
    name: anyText,
    type: text(TYPE, 'a custom metric type'),
    metricKind,
    valueType,
    unit: text(UNIT, 'a unit of UCUM'),
  },
  ...{ description: anyText, displayName: anyText },
  labels: list(
    record({ key: text(LABEL_KEY, 'a label key'), valueType: labelType, description: anyText }),
    0,
    MAX_LABELS,
  ),
});

/** Reads a descriptor. Throws CheckError for what Cloud Monitoring would refuse. */
export function readDescriptor(json: unknown): MetricDescriptor {
  const given = shape(json, '');
  const { type, metricKind: kind, valueType: valued } = given;
  if (type === undefined) throw new CheckError('Field metricDescriptor.type is required.');
  if (kind !== 'GAUGE' && kind !== 'CUMULATIVE') {
    throw new CheckError(
      `Field metricDescriptor.metricKind had an invalid value of "${kind}": user metrics are GAUGE or CUMULATIVE.`,
    );
  }
  if (valued === undefined || valued === 'VALUE_TYPE_UNSPECIFIED' || valued === 'MONEY') {
    throw new CheckError(`Field metricDescriptor.valueType had an invalid value of "${valued}".`);
  }
  if (kind === 'CUMULATIVE' && (valued === 'BOOL' || valued === 'STRING')) {
    throw new CheckError(
      `Field metricDescriptor.valueType had an invalid value of "${valued}": only a gauge can be that.`,
    );
  }
  const labels = (given.labels ?? []).map(({ key, valueType: labelled = 'STRING', description = '' }, index) => {
    if (key === undefined) throw new CheckError(`Field metricDescriptor.labels[${index}].key is required.`);
    return { key, valueType: labelled, description };
  });
  const { unit = '', description = '', displayName = '' } = given;
  return { type, metricKind: kind, valueType: valued, unit, description, displayName, labels };
}

/** The metrics that are described, by their type. */
export class Descriptors {
  readonly #byType = new Map<string, MetricDescriptor>();

  get(type: string): MetricDescriptor | undefined {
    return this.#byType.get(type);
  }

  all(): MetricDescriptor[] {
    return [...this.#byType.values()].sort((a, b) => (a.type < b.type ? -1 : 1));
  }

  /** Creates or updates; labels that are there stay. Throws CheckError where kind or type of value would change. */
  put(descriptor: MetricDescriptor): MetricDescriptor {
    const known = this.#byType.get(descriptor.type);
    if (known && (known.metricKind !== descriptor.metricKind || known.valueType !== descriptor.valueType)) {
      throw new CheckError(
        `Metric descriptor ${descriptor.type} exists as ${known.metricKind} of ${known.valueType}, which cannot be changed.`,
      );
    }
    const keys = new Set(descriptor.labels.map(({ key }) => key));
    const labels = [...descriptor.labels, ...(known?.labels ?? []).filter(({ key }) => !keys.has(key))];
    const stored = { ...descriptor, labels };
    this.#byType.set(descriptor.type, stored);
    return stored;
  }

  clear(): void {
    this.#byType.clear();
  }
}
