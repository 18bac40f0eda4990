import { type Check, CheckError, list, record, text } from '../checked.ts';
import type { Descriptors, MetricDescriptor } from './descriptor.ts';
import { aligner, reducer } from './enums.ts';
import { readFilter } from './filter.ts';

/** A duration as JSON has it, in whole seconds. */
export const seconds: Check<number> = (value, at) => {
  const [, digits] = /^(\d+)s$/.exec(typeof value === 'string' ? value : '') ?? [];
  if (digits !== undefined) return Number(digits);
  throw new CheckError(
    `Invalid value at '${at}' (type.googleapis.com/google.protobuf.Duration), ${JSON.stringify(value)}`,
  );
};

export const aggregation = record({
  ...{ alignmentPeriod: seconds, perSeriesAligner: aligner, crossSeriesReducer: reducer, groupByFields: list(text()) },
});
export type Aggregation = ReturnType<typeof aggregation>;

/** What a series is: at first as it was described, then as each step of an aggregation leaves it. */
type Shape = Pick<MetricDescriptor, 'metricKind' | 'valueType'>;
type Aligner = NonNullable<Aggregation['perSeriesAligner']>;

const NUMERIC = ['INT64', 'DOUBLE'];

/** What each aligner takes and makes, by the comments in google/monitoring/v3/common.proto; undefined: it does not take that. */
function aligned(by: Aligner, { metricKind, valueType }: Shape): Shape | undefined {
  const numeric = NUMERIC.includes(valueType);
  const gauge = (type: Shape['valueType']): Shape => ({ metricKind: 'GAUGE', valueType: type });
  if (metricKind === 'CUMULATIVE') {
    // A delta is aligned as a gauge is, from here on.
    if (by === 'ALIGN_DELTA') return gauge(valueType);
    return by === 'ALIGN_RATE' && numeric ? gauge('DOUBLE') : undefined;
  }
  switch (by) {
    case 'ALIGN_NONE':
    case 'ALIGN_NEXT_OLDER':
      return gauge(valueType);
    case 'ALIGN_INTERPOLATE':
    case 'ALIGN_MIN':
    case 'ALIGN_MAX':
      return numeric ? gauge(valueType) : undefined;
    case 'ALIGN_MEAN':
    case 'ALIGN_STDDEV':
    case 'ALIGN_PERCENT_CHANGE':
      return numeric ? gauge('DOUBLE') : undefined;
    case 'ALIGN_COUNT':
      return numeric || valueType === 'BOOL' ? gauge('INT64') : undefined;
    case 'ALIGN_SUM':
      return numeric || valueType === 'DISTRIBUTION' ? gauge(valueType) : undefined;
    case 'ALIGN_PERCENTILE_99':
    case 'ALIGN_PERCENTILE_95':
    case 'ALIGN_PERCENTILE_50':
    case 'ALIGN_PERCENTILE_05':
      return valueType === 'DISTRIBUTION' ? gauge('DOUBLE') : undefined;
    case 'ALIGN_COUNT_TRUE':
    case 'ALIGN_COUNT_FALSE':
      return valueType === 'BOOL' ? gauge('INT64') : undefined;
    case 'ALIGN_FRACTION_TRUE':
      return valueType === 'BOOL' ? gauge('DOUBLE') : undefined;
    case 'ALIGN_DELTA':
    case 'ALIGN_RATE':
      return undefined;
  }
}

/** What becomes of the series that a filter means. Throws CheckError for a metric, label or step that does not go. */
export function aggregated(descriptors: Descriptors, filter: string, steps: readonly Aggregation[], at: string): Shape {
  const { metricType, conditions } = readFilter(filter, `${at}.filter`);
  const descriptor = descriptors.get(metricType);
  if (!descriptor) throw new CheckError(`Cannot find metric that matches type = "${metricType}" at '${at}.filter'.`);
  const labels = new Set(descriptor.labels.map(({ key }) => `metric.label.${key}`)).add('resource.label.project_id');
  for (const { of, label } of conditions) refuseUnknown(labels, `${of}.label.${label}`, `${at}.filter`);
  return steps.reduce<Shape>(
    (shape, step, index) => afterStep(shape, step, labels, `${at}.aggregations[${index}]`),
    descriptor,
  );
}

function afterStep(shape: Shape, step: Aggregation, labels: ReadonlySet<string>, at: string): Shape {
  const {
    alignmentPeriod = 0,
    perSeriesAligner = 'ALIGN_NONE',
    crossSeriesReducer = 'REDUCE_NONE',
    groupByFields = [],
  } = step;
  if (perSeriesAligner !== 'ALIGN_NONE' && alignmentPeriod < 60) {
    throw new CheckError(`Field ${at}.alignmentPeriod had an invalid value: it must be at least 60 seconds.`);
  }
  const after = aligned(perSeriesAligner, shape);
  if (!after) {
    throw new CheckError(
      `Field ${at}.perSeriesAligner had an invalid value of "${perSeriesAligner}": it does not go with ${shape.metricKind} of ${shape.valueType}.`,
    );
  }
  for (const field of groupByFields)
    refuseUnknown(labels, field.replace(/\.labels\./, '.label.').replaceAll('"', ''), at);
  if (crossSeriesReducer === 'REDUCE_NONE') return after;
  if (perSeriesAligner === 'ALIGN_NONE')
    throw new CheckError(`Field ${at}.crossSeriesReducer needs a perSeriesAligner.`);
  return reduced(crossSeriesReducer, after, at);
}

function reduced(by: string, shape: Shape, at: string): Shape {
  if (by.startsWith('REDUCE_PERCENTILE_')) return { ...shape, valueType: 'DOUBLE' };
  if (by === 'REDUCE_COUNT') return { ...shape, valueType: 'INT64' };
  const takes = by === 'REDUCE_SUM' || by === 'REDUCE_MEAN' ? [...NUMERIC, 'DISTRIBUTION'] : NUMERIC;
  if (!takes.includes(shape.valueType)) {
    throw new CheckError(
      `Field ${at}.crossSeriesReducer had an invalid value of "${by}": it does not go with ${shape.valueType}.`,
    );
  }
  return by === 'REDUCE_MEAN' ? { ...shape, valueType: 'DOUBLE' } : shape;
}

function refuseUnknown(labels: ReadonlySet<string>, label: string, at: string): void {
  if (!labels.has(label)) throw new CheckError(`There is no label ${label} at '${at}'.`);
}

/** Throws CheckError unless it is numbers that remain: for lines and thresholds. */
export function refuseUnlessNumeric({ valueType }: Shape, at: string): void {
  if (!NUMERIC.includes(valueType))
    throw new CheckError(`What remains at '${at}' is ${valueType}, which is no number.`);
}
