import { traitsOf } from '../../core/analytics/errors.ts';
import { subjectOf } from '../../core/analytics/groups.ts';
import type { Period } from '../../core/analytics/period.ts';
import { resolutionsOf } from '../../core/analytics/resolution.ts';
import { cellSelection, STYLES_ONLY } from '../../core/analytics/select.ts';
import { type Slot, slotsOf, wholeSlot } from '../../core/analytics/slots.ts';
import { hasWork, sumOf, wholeView } from '../../core/analytics/view.ts';
import type { Granularity } from '../../core/rollup/bucket.ts';
import { type Cell, counter } from '../../core/rollup/cell.ts';
import { readErrors } from '../../core/rollup/read.ts';
import { endedCount } from '../../core/rollup/reading.ts';
import { readSlots } from '../aggregation/index.ts';
import { isKnown } from './cells.ts';
import { type AsOf, filtersOf, kept, modelsByName, periodFor, type Question, rangeView } from './context.ts';

/** Up to here times to resolution are by hours, beyond by days. */
const BY_HOURS_MS = 50 * 3_600_000;
const MAX_PATTERNS = 100;

/** What went wrong in a period: by code, by code and model with how long it went on, and how each style fared. */
export async function errors(asOf: AsOf, question: Question) {
  const period = periodFor(question, asOf);
  const filters = filtersOf(question);
  const granularity = period.toMs - period.fromMs <= BY_HOURS_MS ? '1h' : '1d';
  const slots = slotsOf(period, granularity, kept());
  const found = await readSlots(slots, cellSelection(question, modelsByName()));
  const total = sumOf(found.flatMap((cells) => [...cells.values()]));
  return {
    ...{ range: rangeView(period, asOf), filters, ended: isKnown(asOf, period.fromMs) ? endedCount(total) : null },
    errors: readErrors(total).map(({ code, count, share }) => {
      const { component, severity, fault } = traitsOf(code) ?? UNKNOWN;
      return { code, component, severity, fault, count, share: share ?? null };
    }),
    patterns: patternsOf(slots, found),
    resolutionGranularity: granularity satisfies Granularity as Granularity,
    styles: Object.keys(filters).length === 0 ? await stylesOf(period) : [],
  };
}

const UNKNOWN = { component: 'unknown', severity: 'error', fault: null } as const;

/** By code and model, the most frequent first. */
function patternsOf(slots: readonly Slot[], found: readonly Map<string, Cell>[]) {
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

function patternsOfModel(name: string, series: readonly (Cell | undefined)[], slots: readonly Slot[]) {
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

async function stylesOf(period: Period) {
  const [styles] = await readSlots([wholeSlot(period, kept())], STYLES_ONLY);
  return [...(styles ?? [])]
    .filter(([, cell]) => hasWork(cell))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([style, cell]) => ({ style, metrics: wholeView(cell) }));
}
