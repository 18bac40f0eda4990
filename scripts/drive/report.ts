import type { BilledOperations } from '../../local/firestore/index.ts';
import type { BadRow } from '../mapping/map-row.ts';
import type { Compared } from './measure.ts';
import type { AskedFor } from './replay.ts';
import { STATE_OF_OUTCOME } from './wish.ts';

export interface Check {
  name: string;
  ok: boolean;
  /** What was found; where it fails, the first lines of the file that are wrong. */
  found: string;
}

/** How many of a kind ended so in the file, and in which states they ended here. */
export interface OutcomeRow {
  kind: string;
  inFile: string;
  file: number;
  system: Record<string, number>;
}

export interface DriveReport {
  asked: number;
  bad: readonly BadRow[];
  outcomes: OutcomeRow[];
  checks: Check[];
  /** Polls a generation. */
  polls: { mean: number; p50: number; p95: number; max: number };
  /** How much later than its end a render was seen, in ms. */
  seenLateMs: { mean: number; p95: number; max: number };
  /** Billed Firestore operations a generation, in all and by collection. */
  billed: Record<string, BilledOperations>;
  scheduleRuns: number;
  /** Time passed on the stack's clock, and really, from the first request to the last end. */
  clockMs: number;
  wallMs: number;
  rowsPerSec: number;
}

export interface Facts {
  asked: readonly AskedFor[];
  bad: readonly BadRow[];
  compared: readonly Compared[];
  tasksLeft: number;
  usage: { total: BilledOperations; byCollection: Record<string, BilledOperations> };
  scheduleRuns: number;
  clockMs: number;
  wallMs: number;
}

/** Compares what the system did with what the file says. Pure. */
export function reportOf(facts: Facts): DriveReport {
  const { asked, bad, compared, usage, scheduleRuns, clockMs, wallMs } = facts;
  const polls = compared.map(({ measured }) => measured.polls).sort(ascending);
  const lateMs = compared.flatMap((each) => lateMsOf(each) ?? []).sort(ascending);
  return {
    asked: asked.length,
    bad,
    outcomes: outcomeTable(compared),
    checks: checksOf(facts),
    polls: { mean: mean(polls), p50: quantile(polls, 0.5), p95: quantile(polls, 0.95), max: quantile(polls, 1) },
    seenLateMs: { mean: Math.round(mean(lateMs)), p95: quantile(lateMs, 0.95), max: quantile(lateMs, 1) },
    billed: {
      'in all': perGeneration(usage.total, asked.length),
      ...Object.fromEntries(
        Object.entries(usage.byCollection).map(([name, billed]) => [name, perGeneration(billed, asked.length)]),
      ),
    },
    scheduleRuns,
    clockMs,
    wallMs,
    rowsPerSec: round((asked.length / wallMs) * 1000, 1),
  };
}

function checksOf({ asked, compared, tasksLeft }: Facts): Check[] {
  const refused = asked.filter(({ generationId }) => generationId === undefined);
  const ended = compared.filter(({ request }) => request.outcome !== 'never');
  const open = compared.filter(({ measured }) => measured.outcome === null);
  return [
    {
      name: 'every row was taken in',
      ok: refused.length === 0,
      found: some(refused, `${asked.length} of ${asked.length}`, (r) => `line ${r.request.line}: ${r.refusal}`),
    },
    check('asked for at its own time', compared, (c) => Date.parse(c.measured.requestedAt) === c.request.requestedAtMs),
    check('outcome as in the file', compared, (c) => c.measured.outcome === STATE_OF_OUTCOME[c.request.outcome]),
    check('at the first attempt', compared, ({ measured }) => measured.attempts === 1),
    check('all videos asked for, or none', compared, ({ request, measured }) => {
      return measured.videosDelivered === (request.outcome === 'succeeded' ? request.videos : 0);
    }),
    check('render time to within one poll', ended, (each) => {
      const late = lateMsOf(each);
      return late !== undefined && late >= 0 && late <= (each.measured.renderUncertaintyMs ?? -1);
    }),
    {
      name: 'nothing left open',
      ok: open.length === 0 && tasksLeft === 0,
      found: `${open.length} generations, ${tasksLeft} tasks`,
    },
  ];
}

function check(name: string, all: readonly Compared[], holds: (each: Compared) => boolean): Check {
  const wrong = all.filter((each) => !holds(each));
  const shown = ({ request, measured }: Compared) => `line ${request.line}: ${JSON.stringify(measured)}`;
  return { name, ok: wrong.length === 0, found: some(wrong, `${all.length} of ${all.length}`, shown) };
}

function some<T>(wrong: readonly T[], allRight: string, show: (each: T) => string): string {
  if (wrong.length === 0) return allRight;
  return [`${wrong.length} wrong`, ...wrong.slice(0, 5).map(show)].join('\n    ');
}

/** How much later than recorded the end was seen; undefined for what never ended or was not measured. */
function lateMsOf({ request, measured }: Compared): number | undefined {
  if (request.outcome === 'never' || request.tookMs === undefined || measured.renderMs === undefined) return undefined;
  return measured.renderMs - request.tookMs;
}

function outcomeTable(compared: readonly Compared[]): OutcomeRow[] {
  const rows = new Map<string, OutcomeRow>();
  for (const { request, measured } of compared) {
    const key = `${request.kind}/${request.outcome}`;
    const row = rows.get(key) ?? { kind: request.kind, inFile: request.outcome, file: 0, system: {} };
    const state = measured.outcome ?? 'open';
    row.file++;
    row.system[state] = (row.system[state] ?? 0) + 1;
    rows.set(key, row);
  }
  return [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}

function perGeneration({ reads, writes, deletes }: BilledOperations, generations: number): BilledOperations {
  const each = (operations: number) => round(operations / Math.max(1, generations), 2);
  return { reads: each(reads), writes: each(writes), deletes: each(deletes) };
}

const ascending = (a: number, b: number) => a - b;
const round = (value: number, digits: number) => Number(value.toFixed(digits));
const quantile = (sorted: readonly number[], q: number) => sorted[Math.ceil(q * sorted.length) - 1] ?? 0;
const mean = (all: readonly number[]) => round(all.reduce((sum, n) => sum + n, 0) / Math.max(1, all.length), 2);
