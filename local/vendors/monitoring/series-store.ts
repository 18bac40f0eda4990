import { CheckError } from '../checked.ts';
import { GoogleError } from '../google-errors.ts';
import type { Descriptors } from './descriptor.ts';
import { refusalOf } from './refusal.ts';
import { type GivenSeries, seriesKey, type Value } from './time-series.ts';

/** A series with its points, the latest last. */
export interface StoredSeries extends Pick<GivenSeries, 'metric' | 'resource' | 'metricKind' | 'valueType'> {
  points: { startMs: number | undefined; endMs: number; value: Value }[];
}

/** A day's points of each series are kept. */
const MAX_POINTS = 1_440;
const MAX_SERIES = 20_000;

/** The series that were written. */
export class SeriesStore {
  readonly #descriptors: Descriptors;
  readonly #byKey = new Map<string, StoredSeries>();

  constructor(descriptors: Descriptors) {
    this.#descriptors = descriptors;
  }

  all(): StoredSeries[] {
    return [...this.#byKey.values()];
  }

  clear(): void {
    this.#byKey.clear();
  }

  /** Writes what can be written. Throws GoogleError, in the API's words, when that is not all. */
  write(given: readonly GivenSeries[], nowMs: number): void {
    const refused = new Map<string, number[]>();
    for (const [index, series] of given.entries()) {
      const refusal = this.#write(series, nowMs);
      if (refusal === undefined) continue;
      const reason = `write for resource=${series.resource.type}{} failed with: ${refusal}`;
      refused.set(reason, [...(refused.get(reason) ?? []), index]);
    }
    if (refused.size === 0) return;
    const parts = Array.from(refused, ([reason, indexes]) => {
      const example = given[indexes[0] ?? 0]?.metric;
      const sample = `example metric.type="${example?.type}", metric.labels=${JSON.stringify(example?.labels)}`;
      return `timeSeries[${placesOf(indexes)}] (${sample}): ${reason}`;
    });
    throw new GoogleError(400, `One or more TimeSeries could not be written: ${parts.join('; ')}`);
  }

  #write(series: GivenSeries, nowMs: number): string | undefined {
    const key = seriesKey(series);
    const known = this.#byKey.get(key);
    const descriptor = this.#descriptors.get(series.metric.type);
    const refusal = refusalOf(series, descriptor, known?.points.at(-1), nowMs);
    if (refusal !== undefined) return refusal;
    if (!descriptor) this.#describe(series);
    const { metric, resource, metricKind, valueType, startMs, endMs, value } = series;
    const stored = known ?? { metric, resource, metricKind, valueType, points: [] };
    stored.points.push({ startMs, endMs, value });
    if (stored.points.length > MAX_POINTS) stored.points.shift();
    if (!known && this.#byKey.size >= MAX_SERIES) throw new CheckError(`There are ${MAX_SERIES} series already.`);
    this.#byKey.set(key, stored);
    return undefined;
  }

  /** A metric that nobody described is described by its first point. */
  #describe({ metric, metricKind, valueType }: GivenSeries): void {
    const labels = Object.keys(metric.labels).map((key) => ({ key, valueType: 'STRING' as const, description: '' }));
    this.#descriptors.put({
      ...{ type: metric.type, metricKind: metricKind === 'CUMULATIVE' ? 'CUMULATIVE' : 'GAUGE', valueType },
      ...{ unit: '', description: '', displayName: '', labels },
    });
  }
}

/** Such as `3,8-12`. */
function placesOf(indexes: readonly number[]): string {
  const runs: [from: number, to: number][] = [];
  for (const index of indexes) {
    const last = runs.at(-1);
    if (last && last[1] === index - 1) last[1] = index;
    else runs.push([index, index]);
  }
  return runs.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(',');
}
