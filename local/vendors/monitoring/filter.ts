import { CheckError } from '../checked.ts';

/** What a filter asks of one label. */
interface Condition {
  of: 'metric' | 'resource';
  label: string;
  /** False: it must be none of the values. */
  is: boolean;
  values: readonly string[];
}

/** A filter of series: those of one metric whose labels meet all conditions. */
export interface Filter {
  metricType: string;
  resourceType: string | undefined;
  conditions: readonly Condition[];
}

/** What a filter is held against. */
export interface Labelled {
  metric: { type: string; labels: Readonly<Record<string, string>> };
  resource: { type: string; labels: Readonly<Record<string, string>> };
}

const TEXT = String.raw`"((?:[^"\\]|\\.)*)"`;
const SUBJECT = String.raw`(metric|resource)\.(?:(type)|labels?\.(?:"([\w/]+)"|([\w/]+)))`;
const COMPARED = new RegExp(String.raw`^\s*(?:AND\s+)?${SUBJECT}\s*(!?=)\s*(?:one_of\(([^)]*)\)|${TEXT})\s*`);

/**
 * Reads the part of the language of filters that this project writes: comparisons with = and !=, of a text or one_of("…", "…"), joined
 * by AND (https://cloud.google.com/monitoring/api/v3/filters). Throws CheckError for anything else.
 */
export function readFilter(text: string, at: string): Filter {
  let metricType: string | undefined;
  let resourceType: string | undefined;
  const conditions: Condition[] = [];
  for (let rest = text; rest !== ''; ) {
    const match = COMPARED.exec(rest);
    if (!match) throw new CheckError(`Invalid filter at '${at}': it is not understood from here on: ${rest}`);
    const [all, of, isType, quoted, plain, operator, list, single] = match;
    const values = list === undefined ? [single ?? ''] : textsIn(list);
    const [value] = values;
    if (isType && of === 'metric' && operator === '=' && values.length === 1) metricType = value;
    else if (isType && of === 'resource' && operator === '=' && values.length === 1) resourceType = value;
    else if (isType) throw new CheckError(`Invalid filter at '${at}': a type is compared by = with one text.`);
    else {
      const label = quoted ?? plain ?? '';
      conditions.push({ of: of === 'metric' ? 'metric' : 'resource', label, is: operator === '=', values });
    }
    rest = rest.slice(all.length);
  }
  if (metricType === undefined) throw new CheckError(`Invalid filter at '${at}': it must say metric.type = "…".`);
  return { metricType, resourceType, conditions };
}

/** True for the series that a filter means. */
export function meets({ metricType, resourceType, conditions }: Filter, series: Labelled): boolean {
  if (series.metric.type !== metricType) return false;
  if (resourceType !== undefined && series.resource.type !== resourceType) return false;
  return conditions.every(({ of, label, is, values }) => values.includes(series[of].labels[label] ?? '') === is);
}

const textsIn = (list: string) => [...list.matchAll(new RegExp(TEXT, 'g'))].map(([, text = '']) => text);
