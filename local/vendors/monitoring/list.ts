import { CheckError } from '../checked.ts';
import { meets, readFilter } from './filter.ts';
import type { StoredSeries } from './series-store.ts';
import type { Value } from './time-series.ts';

/** Answers `timeSeries.list`: the points within the interval, the latest first, without aggregation. Throws CheckError. */
export function listed(series: readonly StoredSeries[], query: URLSearchParams): unknown {
  const unknown = [...query.keys()].find(
    (key) => !['filter', 'interval.startTime', 'interval.endTime', 'view', '$alt'].includes(key),
  );
  if (unknown !== undefined && !unknown.startsWith('$'))
    throw new CheckError(`The local Cloud Monitoring does not know ${unknown}.`);
  const filter = readFilter(query.get('filter') ?? '', 'filter');
  const end = query.get('interval.endTime');
  if (end === null) throw new CheckError('Field interval.endTime is required.');
  const [startMs, endMs] = [Date.parse(query.get('interval.startTime') ?? end), Date.parse(end)];
  const found = series
    .filter((each) => meets(filter, each))
    .map(({ points, ...each }) => ({
      ...each,
      points: points
        .filter((point) => point.endMs > startMs && point.endMs <= endMs)
        .reverse()
        .map((point) => ({ interval: intervalOf(point), value: jsonOf(point.value) })),
    }));
  return { timeSeries: found.filter(({ points }) => points.length > 0) };
}

function intervalOf({ startMs, endMs }: { startMs: number | undefined; endMs: number }) {
  return { startTime: new Date(startMs ?? endMs).toISOString(), endTime: new Date(endMs).toISOString() };
}

/** int64 is a text in JSON. */
function jsonOf(value: Value): unknown {
  const { int64Value, distributionValue } = value;
  if (int64Value !== undefined) return { int64Value: String(int64Value) };
  if (!distributionValue) return value;
  const { count = 0, bucketCounts = [] } = distributionValue;
  return { distributionValue: { ...distributionValue, count: String(count), bucketCounts: bucketCounts.map(String) } };
}
