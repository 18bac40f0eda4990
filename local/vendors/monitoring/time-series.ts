import { type Check, CheckError, labels, list, record, text } from '../checked.ts';
import { metricKind, valueType } from './enums.ts';

/** int64 as JSON has it: digits in a text, or a number. */
const int64: Check<number> = (value, at) => {
  const number = typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value;
  if (typeof number === 'number' && Number.isInteger(number)) return number;
  throw new CheckError(`Invalid value at '${at}' (TYPE_INT64), ${JSON.stringify(value)}`);
};
const double: Check<number> = (value, at) => {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new CheckError(`Invalid value at '${at}' (TYPE_DOUBLE), ${JSON.stringify(value)}`);
};
const flag: Check<boolean> = (value, at) => {
  if (typeof value === 'boolean') return value;
  throw new CheckError(`Invalid value at '${at}' (TYPE_BOOL), ${JSON.stringify(value)}`);
};
/** Ms since 1970. */
const time: Check<number> = (value, at) => {
  const ms = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  if (!Number.isNaN(ms)) return ms;
  throw new CheckError(
    `Invalid value at '${at}' (type.googleapis.com/google.protobuf.Timestamp), ${JSON.stringify(value)}`,
  );
};

const value = record({
  ...{ int64Value: int64, doubleValue: double, boolValue: flag, stringValue: text() },
  distributionValue: record({
    ...{ count: int64, mean: double, sumOfSquaredDeviation: double, bucketCounts: list(int64) },
    bucketOptions: record({ explicitBuckets: record({ bounds: list(double) }) }),
  }),
});
export type Value = ReturnType<typeof value>;

const shape = record({
  timeSeries: list(
    record({
      metric: record({ type: text(), labels }),
      resource: record({ type: text(), labels }),
      ...{ metricKind, valueType, unit: text() },
      points: list(record({ interval: record({ startTime: time, endTime: time }), value })),
    }),
  ),
});

/** The value fields of a point, by the type of value that they are for. */
export const VALUE_FIELDS = {
  ...{ BOOL: 'boolValue', INT64: 'int64Value', DOUBLE: 'doubleValue', STRING: 'stringValue' },
  DISTRIBUTION: 'distributionValue',
} as const;
export type ValueType = keyof typeof VALUE_FIELDS;

/** One series of a request, with its one point. */
export interface GivenSeries {
  metric: { type: string; labels: Record<string, string> };
  resource: { type: string; labels: Record<string, string> };
  metricKind: 'GAUGE' | 'DELTA' | 'CUMULATIVE';
  valueType: ValueType;
  startMs: number | undefined;
  endMs: number;
  value: Value;
}

/** The API's limit on series in a call. */
const MAX_SERIES = 200;

/** Reads the body of a write. Throws CheckError for what makes Cloud Monitoring refuse all of it. */
export function readTimeSeries(json: unknown): GivenSeries[] {
  const { timeSeries = [] } = shape(json, '');
  if (timeSeries.length < 1 || timeSeries.length > MAX_SERIES) {
    throw new CheckError(
      `Field timeSeries had an invalid value: The number of time series must be 1 to ${MAX_SERIES}, but is ${timeSeries.length}.`,
    );
  }
  const read = timeSeries.map((each, index): GivenSeries => {
    const at = `timeSeries[${index}]`;
    const { metric, resource, points = [], metricKind: kind = 'METRIC_KIND_UNSPECIFIED', valueType: given } = each;
    if (metric?.type === undefined) throw new CheckError(`Field ${at}.metric.type is required.`);
    if (resource?.type === undefined) throw new CheckError(`Field ${at}.resource.type is required.`);
    const [point, ...more] = points;
    if (!point || more.length > 0) {
      throw new CheckError(
        `Field ${at}.points had an invalid value: Only one point can be written per TimeSeries per request.`,
      );
    }
    const endMs = point.interval?.endTime;
    if (endMs === undefined) throw new CheckError(`Field ${at}.points[0].interval.endTime is required.`);
    const fields = Object.keys(point.value ?? {});
    const found = (Object.keys(VALUE_FIELDS) as ValueType[]).find((type) => VALUE_FIELDS[type] === fields[0]);
    if (!found || fields.length !== 1) throw new CheckError(`Field ${at}.points[0].value must have one value.`);
    if (given !== undefined && given !== 'VALUE_TYPE_UNSPECIFIED' && given !== found) {
      throw new CheckError(
        `Field ${at}.valueType had an invalid value of "${given}": the value of the point is ${found}.`,
      );
    }
    return {
      metric: { type: metric.type, labels: metric.labels ?? {} },
      resource: { type: resource.type, labels: resource.labels ?? {} },
      ...{ metricKind: kind === 'METRIC_KIND_UNSPECIFIED' ? 'GAUGE' : kind, valueType: found },
      ...{ startMs: point.interval?.startTime, endMs, value: point.value ?? {} },
    };
  });
  refuseTwice(read);
  return read;
}

function refuseTwice(read: readonly GivenSeries[]): void {
  const seen = new Set<string>();
  for (const [index, series] of read.entries()) {
    const name = seriesKey(series);
    if (!seen.has(name)) seen.add(name);
    else
      throw new CheckError(
        `Field timeSeries[${index}] had an invalid value: Duplicate TimeSeries encountered. Only one point can be written per TimeSeries per request.`,
      );
  }
}

/** What tells series apart. */
export function seriesKey({ metric, resource }: Pick<GivenSeries, 'metric' | 'resource'>): string {
  const sorted = (given: Record<string, string>) => Object.entries(given).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([metric.type, sorted(metric.labels), resource.type, sorted(resource.labels)]);
}
