import { traitsOf } from '../../core/analytics/errors.ts';
import { subjectOf } from '../../core/analytics/groups.ts';
import type { Period } from '../../core/analytics/period.ts';
import { resolutionsOf } from '../../core/analytics/resolution.ts';
import { cellSelection, STYLES_ONLY } from '../../core/analytics/select.ts';
import { type Stretch, stretchesOf } from '../../core/analytics/slots.ts';
import { hasWork, sumOf, wholeView } from '../../core/analytics/view.ts';
import type { Granularity } from '../../core/rollup/bucket.ts';
import { type Cell, counter } from '../../core/rollup/cell.ts';
import { readErrors } from '../../core/rollup/read.ts';
import { endedCount } from '../../core/rollup/reading.ts';
import { type AsOf, filtersOf, modelsByName, periodFor, type Question } from './context.ts';
import { readCells } from './history.ts';
import { rangeView } from './rangeView.ts';

/** Up to here times to resolution are by hours, beyond by days. */
const BY_HOURS_MS = 50 * 3_600_000;
const MAX_PATTERNS = 100;

/** What went wrong in a period: by code, by code and model with how long it went on, and how each style fared. */
export async function errors(asOf: AsOf, question: Question) {
  const period = periodFor(question, asOf);
  const filters = filtersOf(question);
  const granularity = period.toMs - period.fromMs <= BY_HOURS_MS ? '1h' : '1d';
  const slots = stretchesOf(period, granularity);
  const [found, styles] = await Promise.all([
    readCells(asOf, period.zone, slots, cellSelection(question, modelsByName())),
    Object.keys(filters).length === 0 ? stylesOf(asOf, period) : [],
  ]);
  const cells = found.cells.map((known) => known ?? new Map<string, Cell>());
  const total = sumOf(cells.flatMap((known) => [...known.values()]));
  const isKnown = found.cells[0] !== undefined;
  return {
    ...{ range: rangeView(period, asOf, found), filters, ended: isKnown ? endedCount(total) : null },
    errors: readErrors(total).map(({ code, count, share }) => {
      const { component, severity, fault } = traitsOf(code) ?? UNKNOWN;
      return { code, component, severity, fault, count, share: share ?? null };
    }),
    patterns: patternsOf(slots, cells),
    resolutionGranularity: granularity satisfies Granularity as Granularity,
    styles,
  };
}

const UNKNOWN = { component: 'unknown', severity: 'error', fault: null } as const;

/** By code and model, the most frequent first. */
function patternsOf(slots: readonly Stretch[], found: readonly Map<string, Cell>[]) {
  const models = new Map<string, (Cell | undefined)[]>();
  for (const [at, cells] of found.entries()) {
    for (const [key, cell] of cells) {
      const { provider, model } = subjectOf(key);
      const name = `${provider}/${model}`;
      const series = models.get(name) ?? slots.map(() => undefined);
      const known = series[at];
      series[at] = known ? sumOf([known, cell]) : cell;
      models.set(name, series);
    }
  }
  return [...models]
    .flatMap(([name, series]) => patternsOfModel(name, series, slots))
    .sort((a, b) => b.count - a.count || (`${a.code}/${a.model}` < `${b.code}/${b.model}` ? -1 : 1))
    .slice(0, MAX_PATTERNS);
}

function patternsOfModel(name: string, series: readonly (Cell | undefined)[], slots: readonly Stretch[]) {
  const { provider, model } = subjectOf(`${name}/`);
  const whole = sumOf(series.filter((cell) => cell !== undefined));
  return readErrors(whole).map(({ code, count, share }) => {
    const sightings = slots.map(({ startMs }, at) => {
      const cell = series[at];
      return { startMs, errors: cell?.errors.get(code) ?? 0, succeeded: cell ? counter(cell, 'succeeded') : 0 };
    });
    return { code, provider, model, count, share: share ?? null, resolutions: resolutionsOf(sightings) };
  });
}

async function stylesOf(asOf: AsOf, { fromMs: startMs, toMs: endMs, zone }: Period) {
  const { cells } = await readCells(asOf, zone, [{ startMs, endMs }], STYLES_ONLY);
  const [styles] = cells;
  return [...(styles ?? [])]
    .filter(([, cell]) => hasWork(cell))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([style, cell]) => ({ style, metrics: wholeView(cell) }));
}
