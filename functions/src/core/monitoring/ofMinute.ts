import { subjectOf } from '../analytics/groups.ts';
import { TERMINAL_STATES } from '../generation/outcome.ts';
import { type Cell, counter } from '../rollup/cell.ts';
import { mergeAll } from '../rollup/openBucket.ts';
import { endedCount } from '../rollup/reading.ts';
import { TIMES, type Time } from '../scrape/totals.ts';
import type { MetricName } from './descriptors.ts';
import { distributionOf } from './distribution.ts';
import type { Point } from './point.ts';

const MICROS = 1e6;
/** Cells that are told apart in one minute: the busiest are. Each is 11 series at most. */
export const MAX_CELLS = 90;
const OTHER = 'other/other/other';

const DURATIONS: Readonly<Record<Time, MetricName>> = {
  totalMs: 'video_generation/duration',
  queueMs: 'video_generation/queue_duration',
  renderMs: 'video_generation/render_duration',
  storeMs: 'video_generation/store_duration',
};

/** What happened in a minute, from its cells by provider/model/kind. `endMs`: the end of the minute. */
export function pointsOfMinute(cells: ReadonlyMap<string, Cell>, endMs: number): Point[] {
  return Array.from(busiest(cells)).flatMap(([key, cell]) => {
    const labels = { ...subjectOf(key) };
    return valuesOf(cell).map(
      ({ metric, value, more }): Point => ({ metric, labels: { ...labels, ...more }, value, endMs }),
    );
  });
}

type Value = Pick<Point, 'metric' | 'value'> & { more?: Record<string, string> };

function valuesOf(cell: Cell): Value[] {
  const arrivals = counter(cell, 'arrivals');
  const requests: Value[] = arrivals > 0 ? [{ metric: 'video_generation/requests', value: arrivals }] : [];
  if (endedCount(cell) <= 0) return requests;
  const durations = TIMES.flatMap((time): Value[] => {
    const value = distributionOf(cell.sketches[time], counter(cell, time));
    return value ? [{ metric: DURATIONS[time], value }] : [];
  });
  return [
    ...requests,
    // All of them, 0 too: a ratio has no value where its dividend has no point, and a rate of success is most missed when it is 0.
    ...TERMINAL_STATES.map((outcome) => ({
      ...{ metric: 'video_generation/ended' as const, value: counter(cell, outcome), more: { outcome } },
    })),
    { metric: 'video_generation/cost', value: counter(cell, 'costUsdMicros') / MICROS },
    ...durations,
  ];
}

/** The busiest cells as they are, all others as one. */
function busiest(cells: ReadonlyMap<string, Cell>): Map<string, Cell> {
  if (cells.size <= MAX_CELLS) return new Map(cells);
  const events = (cell: Cell) => counter(cell, 'arrivals') + endedCount(cell);
  const byEvents = Array.from(cells).sort(([a, x], [b, y]) => events(y) - events(x) || (a < b ? -1 : 1));
  const kept = new Map<string, Cell>();
  for (const [at, [key, cell]] of byEvents.entries()) {
    mergeAll(kept, new Map([[at < MAX_CELLS - 1 ? key : OTHER, cell]]));
  }
  return kept;
}
