import type { Severity } from '../alert/rule.ts';
import { TERMINAL_STATES } from '../generation/outcome.ts';
import type { Totals } from '../scrape/totals.ts';
import type { Point } from './point.ts';

const MICROS = 1e6;

/** How things are; what is not known is undefined. */
export interface Present {
  /** Everything ever counted, and by which version of the rollups. */
  totals: Totals | undefined;
  rollupVersion: number;
  cursorAgeSec: number | undefined;
  recountMismatches: number | undefined;
  openEpisodes: Readonly<Record<Severity, number>>;
  /** Tasks that wait, by queue. */
  queueDepths: Readonly<Record<string, number>>;
}

/** How things are at a moment, and what was ever counted until then. */
export function pointsOfNow(
  { totals, rollupVersion, openEpisodes, queueDepths, ...present }: Present,
  atMs: number,
): Point[] {
  const known = (metric: Point['metric'], value: number | undefined): Point[] =>
    value === undefined ? [] : [{ metric, labels: {}, value, endMs: atMs }];
  const by = (metric: Point['metric'], label: string, values: Readonly<Record<string, number>>) =>
    Object.entries(values).map(([name, value]): Point => ({ metric, labels: { [label]: name }, value, endMs: atMs }));
  return [
    ...(totals ? pointsOfTotals(totals, rollupVersion, atMs) : []),
    ...known('aggregation/cursor_age', present.cursorAgeSec),
    ...known('aggregation/recount_mismatches', present.recountMismatches),
    ...by('alerting/episodes_open', 'severity', openEpisodes),
    ...by('queue/tasks', 'queue', queueDepths),
  ];
}

/** Sums that never fall add up to one that never falls. None before counting began: such a point would have no interval. */
function pointsOfTotals({ sinceMs, cells }: Totals, rollupVersion: number, endMs: number): Point[] {
  if (sinceMs >= endMs) return [];
  const all = [...cells.values()];
  const sumOf = (name: string) => all.reduce((sum, sums) => sum + sums.get(name), 0);
  const labels = { rollup_version: String(rollupVersion) };
  const interval = { startMs: sinceMs, endMs };
  return [
    ...TERMINAL_STATES.map((outcome): Point => {
      return {
        metric: 'video_generation/ended_total',
        labels: { ...labels, outcome },
        value: sumOf(outcome),
        ...interval,
      };
    }),
    { metric: 'video_generation/cost_total', labels, value: sumOf('costUsdMicros') / MICROS, ...interval },
  ];
}
