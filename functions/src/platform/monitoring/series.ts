import type { protos } from '@google-cloud/monitoring';
import { descriptorOf, METRIC_PREFIX } from '../../core/monitoring/descriptors.ts';
import type { Point } from '../../core/monitoring/point.ts';

/** A series with its one point, as the API takes it. The resource is the same for all: see docs/adr/0014-cloud-monitoring.md. */
export function timeSeriesOf(point: Point, project: string): protos.google.monitoring.v3.ITimeSeries {
  const { metric, labels, startMs, endMs } = point;
  const { kind, valueType } = descriptorOf(metric);
  const interval = { endTime: timestamp(endMs), ...(startMs !== undefined && { startTime: timestamp(startMs) }) };
  return {
    metric: { type: METRIC_PREFIX + metric, labels },
    resource: { type: 'global', labels: { project_id: project } },
    metricKind: kind,
    valueType,
    points: [{ interval, value: typedValue(point, valueType) }],
  };
}

type TypedValue = protos.google.monitoring.v3.ITypedValue;

function typedValue({ value }: Point, valueType: 'INT64' | 'DOUBLE' | 'DISTRIBUTION'): TypedValue {
  if (typeof value === 'number') return valueType === 'INT64' ? { int64Value: value } : { doubleValue: value };
  const { count, mean, sumOfSquaredDeviation, bounds, bucketCounts } = value;
  const bucketOptions = { explicitBuckets: { bounds: [...bounds] } };
  return {
    distributionValue: { count, mean, sumOfSquaredDeviation, bucketOptions, bucketCounts: [...bucketCounts] },
  };
}

function timestamp(ms: number) {
  return { seconds: Math.floor(ms / 1_000), nanos: (ms % 1_000) * 1e6 };
}
