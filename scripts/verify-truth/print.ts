import { table } from '../drive/print.ts';
import type { Comparison } from './compare.ts';
import { METRICS } from './facts.ts';

const SHOWN_BREACHES = 40;

/** What was compared after one step, such as `replayed again`. */
export interface Step {
  name: string;
  wallMs: number;
  comparisons: readonly Comparison[];
  /** What went otherwise than it must, besides the numbers. */
  problems: readonly string[];
}

/** True when every number is right and nothing else went wrong. */
export const holds = ({ comparisons, problems }: Step) => problems.length === 0 && comparisons.every(({ ok }) => ok);

/** One step as a person reads it: a line, with every breach. */
export function printedStep(step: Step): string {
  const { name, wallMs, comparisons, problems } = step;
  const breaches = comparisons.filter(({ ok }) => !ok);
  const more = breaches.length - SHOWN_BREACHES;
  const right = `${comparisons.length - breaches.length} of ${comparisons.length} numbers right`;
  return [
    `${holds(step) ? 'ok  ' : 'FAIL'}  ${name}: ${right}, ${(wallMs / 1_000).toFixed(1)} s`,
    ...problems.map((problem) => `      ${problem}`),
    ...(breaches.length > 0 ? ['', comparisonTable(breaches.slice(0, SHOWN_BREACHES))] : []),
    ...(more > 0 ? [`… and ${more} more`] : []),
  ].join('\n');
}

/** What is compared: the whole period number by number, and every division in a line. */
export function printedTables({ comparisons }: Step): string {
  return [
    '',
    comparisonTable(comparisons.filter(({ division }) => division === 'all UTC')),
    table(
      ['division', 'groups', 'numbers', 'wrong', 'quantiles off by at most', 'users off by at most'],
      divisions(comparisons),
    ),
  ].join('\n');
}

function comparisonTable(comparisons: readonly Comparison[]): string {
  return table(
    ['metric', 'of', 'ours', 'DuckDB', 'difference'],
    comparisons.map(({ division, key, metric, ours, truth, relative }) => [
      metric,
      key === 'all' ? division : `${division} ${keyText(key)}`,
      shown(ours),
      shown(truth),
      relative === undefined ? (ours === truth ? '0' : '—') : percent(relative),
    ]),
  );
}

function divisions(comparisons: readonly Comparison[]): string[][] {
  return [...Map.groupBy(comparisons, ({ division }) => division)].map(([division, same]) => {
    const worst = (rule: string) => {
      const of = same.filter(({ metric }) => METRICS[metric] === rule);
      return of.length === 0 ? '' : percent(Math.max(...of.map(({ relative }) => Math.abs(relative ?? 0))));
    };
    const groups = String(new Set(same.map(({ key }) => key)).size);
    const wrong = String(same.filter(({ ok }) => !ok).length);
    return [division, groups, String(same.length), wrong, worst('quantile'), worst('users')];
  });
}

/** Buckets are known by their start in ms. */
const keyText = (key: string) =>
  /^\d{12,}$/.test(key) ? new Date(Number(key)).toISOString().replace(':00.000Z', 'Z') : key;
const shown = (value: number | undefined) => (value === undefined ? 'missing' : String(Math.round(value * 1e3) / 1e3));
const percent = (share: number) => (share === 0 ? '0' : `${(share * 100).toFixed(3)} %`);
