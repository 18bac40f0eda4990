import { type Cost, costOf } from '../../functions/src/core/generation/cost.ts';
import { TERMINAL_STATES } from '../../functions/src/core/generation/outcome.ts';
import type { Generation } from '../../functions/src/core/generation/state.ts';
import type { Check } from '../drive/report.ts';
import { checkEnds } from './check-ends.ts';
import { checkJobs, type JobsReport } from './check-jobs.ts';
import { checkLedger } from './check-ledger.ts';
import { checkTimes } from './check-times.ts';
import { checkVideos } from './check-videos.ts';
import type { KillHit } from './kill.ts';
import type { Observed } from './observe.ts';

/** How the generations of one kind of fault ended. */
export interface FaultRow {
  kind: string;
  generations: number;
  ends: Record<string, number>;
  attempts: number;
  polls: number;
}

export interface FaultsReport {
  rows: FaultRow[];
  total: FaultRow;
  checks: Check[];
  kills: readonly KillHit[];
  orphans: JobsReport['orphans'];
  jobs: number;
  /** What the house paid at the provider, and which part of it certainly and possibly for nothing; by list prices. */
  cost: Cost;
  /** Calls of Cloud Storage that failed. */
  storageFaults: number;
  wallMs: number;
}

/** Checks what is left, and adds it up by kind of fault. */
export function reportOf(observed: Observed, facts: Pick<FaultsReport, 'storageFaults' | 'wallMs'>): FaultsReport {
  const { asked, generations, kills, jobs } = observed;
  const ended = asked.flatMap(({ wish, ids: [id] }) => {
    const generation = id === undefined ? undefined : generations.get(id);
    return generation ? { kind: wish.kind.name, generation } : [];
  });
  const rows = [...Map.groupBy(ended, ({ kind }) => kind)].map(([kind, same]) =>
    rowOf(
      kind,
      same.map(({ generation }) => generation),
    ),
  );
  const { checks, orphans } = checkJobs(observed);
  return {
    rows: rows.sort((a, b) => a.kind.localeCompare(b.kind)),
    total: rowOf('all', [...generations.values()]),
    checks: [
      ...checkEnds(observed),
      ...checkVideos(observed),
      ...checks,
      ...checkTimes(observed),
      ...checkLedger(observed),
    ],
    ...{ kills, orphans, jobs: jobs.length, cost: totalCost([...generations.values()]), ...facts },
  };
}

function totalCost(generations: readonly Generation[]): Cost {
  const costs = generations.map(costOf);
  const sum = (part: keyof Cost) => costs.reduce((total, cost) => total + cost[part], 0);
  return {
    costUsdMicros: sum('costUsdMicros'),
    wasteUsdMicros: sum('wasteUsdMicros'),
    possibleWasteUsdMicros: sum('possibleWasteUsdMicros'),
  };
}

function rowOf(kind: string, generations: readonly Generation[]): FaultRow {
  const attempts = generations.flatMap((generation) => generation.attempts);
  return {
    ...{ kind, generations: generations.length, attempts: attempts.length },
    ends: Object.fromEntries(
      TERMINAL_STATES.map((end) => [end, generations.filter(({ state }) => state === end).length]),
    ),
    polls: attempts.reduce((sum, { polls }) => sum + polls, 0),
  };
}
