import { table } from '../drive/print.ts';
import type { Comparison } from './compare.ts';
import { METRICS } from './facts.ts';

const SHOWN_BREACHES = 40;

/** What was compared after one step, such as `replayed again`. */
export interface Step {
  name: string;
  wallMs: number;
  comparisons: readonly Comparison[];
  /** The same of what the warehouse says, which has to be exact. */
  warehouse: readonly Comparison[];
  /** What went otherwise than it must, besides the numbers. */
  problems: readonly string[];
}

/** True when every number is right and nothing else went wrong. */
export const holds = ({ comparisons, warehouse, problems }: Step) =>
  problems.length === 0 && [...comparisons, ...warehouse].every(({ ok }) => ok);

/** One step as a person reads it: a line, with every breach. */
export function printedStep(step: Step): string {
  const { name, wallMs, comparisons, warehouse, problems } = step;
  const right = (of: readonly Comparison[]) => `${of.filter(({ ok }) => ok).length} of ${of.length} numbers right`;
  const wall = `${(wallMs / 1_000).toFixed(1)} s`;
  return [
    `${holds(step) ? 'ok  ' : 'FAIL'}  ${name}: ${right(comparisons)}; warehouse: ${right(warehouse)}; ${wall}`,
    ...problems.map((problem) => `      ${problem}`),
    ...breaches('', comparisons),
    ...breaches('in the warehouse', warehouse),
  ].join('\n');
}

function breaches(where: string, comparisons: readonly Comparison[]): string[] {
  const wrong = comparisons.filter(({ ok }) => !ok);
  if (wrong.length === 0) return [];
  const more = wrong.length - SHOWN_BREACHES;
  return [where, comparisonTable(wrong.slice(0, SHOWN_BREACHES)), ...(more > 0 ? [`… and ${more} more`] : [])];
}

/** What is compared: the whole period number by number, and every division in a line. */
export function printedTables({ comparisons, warehouse }: Step): string {
  const ofAll = (all: readonly Comparison[]) => all.filter(({ division }) => division === 'all UTC');
  const loaded = new Map(ofAll(warehouse).map(({ metric, ours }) => [metric, ours]));
  const rows = ofAll(comparisons).map((each) => {
    const [metric = '', of = '', ours = '', ...rest] = cellsOf(each);
    return [metric, of, ours, shown(loaded.get(each.metric)), ...rest];
  });
  return [
    '',
    table(['metric', 'of', 'rollups', 'warehouse', 'DuckDB', 'difference of rollups'], rows),
    table(
      [
        'division',
        'groups',
        'numbers',
        'wrong',
        'quantiles off by at most',
        'users off by at most',
        'of the warehouse',
        'wrong',
      ],
      divisions(comparisons, warehouse),
    ),
  ].join('\n');
}

const comparisonTable = (comparisons: readonly Comparison[]): string =>
  table(['metric', 'of', 'ours', 'DuckDB', 'difference'], comparisons.map(cellsOf));

function cellsOf({ division, key, metric, ours, truth, relative }: Comparison): string[] {
  const difference = relative === undefined ? (ours === truth ? '0' : '—') : percent(relative);
  const of = key === 'all' ? division : `${division} ${keyText(key)}`;
  return [metric, of, shown(ours), shown(truth), difference];
}

function divisions(comparisons: readonly Comparison[], warehouse: readonly Comparison[]): string[][] {
  const wrongOf = (of: readonly Comparison[]) => String(of.filter(({ ok }) => !ok).length);
  return [...Map.groupBy(comparisons, ({ division }) => division)].map(([division, same]) => {
    const worst = (rule: string) => {
      const of = same.filter(({ metric }) => METRICS[metric] === rule);
      return of.length === 0 ? '' : percent(Math.max(...of.map(({ relative }) => Math.abs(relative ?? 0))));
    };
    const groups = String(new Set(same.map(({ key }) => key)).size);
    const loaded = warehouse.filter((each) => each.division === division);
    const ofWarehouse = loaded.length === 0 ? ['', ''] : [String(loaded.length), wrongOf(loaded)];
    return [division, groups, String(same.length), wrongOf(same), worst('quantile'), worst('users'), ...ofWarehouse];
  });
}

/** Buckets are known by their start in ms. */
const keyText = (key: string) =>
  /^\d{12,}$/.test(key) ? new Date(Number(key)).toISOString().replace(':00.000Z', 'Z') : key;
const shown = (value: number | undefined) => (value === undefined ? 'missing' : String(Math.round(value * 1e3) / 1e3));
const percent = (share: number) => (share === 0 ? '0' : `${(share * 100).toFixed(3)} %`);
