import type { MetricDescriptor } from './descriptor.ts';
import type { GivenSeries, Value } from './time-series.ts';

const MINUTE_MS = 60_000;
/** How old and how far ahead the end of a point may be. */
const MAX_AGE_MS = 25 * 60 * MINUTE_MS;
const MAX_AHEAD_MS = 5 * MINUTE_MS;
/** An older and stricter figure than the 5 s of today's documentation, so that whoever stays within it is safe. */
const MIN_SPACING_MS = 10_000;
const MAX_LABELS = 30;
const MAX_LABEL_KEY = 100;
const MAX_LABEL_VALUE = 1_024;
const MAX_BUCKETS = 200;

/** Labels of the resources that user metrics may be written for. */
const RESOURCES: Readonly<Record<string, readonly string[]>> = {
  global: ['project_id'],
  generic_node: ['project_id', 'location', 'namespace', 'node_id'],
  generic_task: ['project_id', 'location', 'namespace', 'job', 'task_id'],
};

/** The last point of a series. */
export interface LastPoint {
  startMs: number | undefined;
  endMs: number;
}

/** Why Cloud Monitoring would not take a point of a series; undefined where it would. */
export function refusalOf(
  series: GivenSeries,
  descriptor: MetricDescriptor | undefined,
  last: LastPoint | undefined,
  nowMs: number,
): string | undefined {
  return refusalOfLabels(series, descriptor) ?? refusalOfKind(series, descriptor) ?? refusalOfTime(series, last, nowMs);
}

function refusalOfLabels(
  { metric, resource }: GivenSeries,
  descriptor: MetricDescriptor | undefined,
): string | undefined {
  if (!metric.type.startsWith('custom.googleapis.com/'))
    return `The metric type ${metric.type} must begin with custom.googleapis.com/.`;
  const known = RESOURCES[resource.type];
  if (!known) return `The resource type ${resource.type} cannot be written to.`;
  const strange = Object.keys(resource.labels).find((key) => !known.includes(key));
  if (strange !== undefined) return `Unrecognized resource label: ${strange}.`;
  const given = Object.entries(metric.labels);
  if (given.length > MAX_LABELS) return `A metric has at most ${MAX_LABELS} labels.`;
  for (const [key, value] of given) {
    if (key.length > MAX_LABEL_KEY) return `The label key ${key} is longer than ${MAX_LABEL_KEY} characters.`;
    if (value.length > MAX_LABEL_VALUE)
      return `The value of label ${key} is longer than ${MAX_LABEL_VALUE} characters.`;
    if (descriptor && !descriptor.labels.some((label) => label.key === key))
      return `Unrecognized metric label: ${key}.`;
  }
  return undefined;
}

function refusalOfKind(series: GivenSeries, descriptor: MetricDescriptor | undefined): string | undefined {
  const { metricKind, valueType, metric, startMs, endMs, value } = series;
  if (metricKind === 'DELTA') return 'User-defined metrics cannot be DELTA.';
  if (descriptor && descriptor.metricKind !== metricKind) {
    return `Metric kind for metric ${metric.type} must be ${descriptor.metricKind}, but is ${metricKind}.`;
  }
  if (descriptor && descriptor.valueType !== valueType) {
    return `Value type for metric ${metric.type} must be ${descriptor.valueType}, but is ${valueType}.`;
  }
  if (metricKind === 'GAUGE' && startMs !== undefined && startMs !== endMs) {
    return 'The start time of a gauge must be absent or equal to its end time.';
  }
  if (metricKind === 'CUMULATIVE' && (startMs === undefined || startMs >= endMs)) {
    return 'The start time must be before the end time for the non-gauge metric.';
  }
  return value.distributionValue && refusalOfDistribution(value.distributionValue);
}

function refusalOfDistribution(distribution: NonNullable<Value['distributionValue']>): string | undefined {
  const { count = 0, mean = 0, sumOfSquaredDeviation = 0, bucketCounts = [], bucketOptions } = distribution;
  const bounds = bucketOptions?.explicitBuckets?.bounds ?? [];
  if (count < 0 || bucketCounts.some((n) => n < 0)) return 'Counts of a distribution cannot be negative.';
  if (count === 0 && (mean !== 0 || sumOfSquaredDeviation !== 0))
    return 'A distribution of nothing has mean and deviation 0.';
  if (sumOfSquaredDeviation < 0) return 'The sum of squared deviations cannot be negative.';
  if (bounds.length + 1 > MAX_BUCKETS) return `A distribution has at most ${MAX_BUCKETS} buckets.`;
  if (bounds.some((bound, at) => at > 0 && bound <= (bounds[at - 1] ?? bound)))
    return 'Bucket bounds must strictly increase.';
  if (bucketCounts.length > bounds.length + 1) return 'There are more bucket counts than buckets.';
  const inBuckets = bucketCounts.reduce((sum, n) => sum + n, 0);
  if (bucketCounts.length > 0 && inBuckets !== count)
    return `The bucket counts add up to ${inBuckets}, but count is ${count}.`;
  return undefined;
}

function refusalOfTime(
  { metricKind, startMs, endMs }: GivenSeries,
  last: LastPoint | undefined,
  nowMs: number,
): string | undefined {
  if (endMs > nowMs + MAX_AHEAD_MS) return 'Data points cannot be written more than 5m in the future.';
  if (endMs < nowMs - MAX_AGE_MS) return 'Data points cannot be written more than 25h in the past.';
  if (!last) return undefined;
  const goesOn = metricKind === 'GAUGE' || startMs === last.startMs || (startMs ?? 0) > last.endMs;
  if (endMs <= last.endMs || !goesOn) {
    return 'Points must be written in order. One or more of the points specified had an older start time than the most recent point.';
  }
  if (endMs - last.endMs < MIN_SPACING_MS) {
    return 'One or more points were written more frequently than the maximum sampling period configured for the metric.';
  }
  return undefined;
}
