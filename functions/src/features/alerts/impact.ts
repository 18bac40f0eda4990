import type { Episode } from '../../core/alert/episode.ts';
import type { Rule } from '../../core/alert/rule.ts';
import { type MetricView, wholeView } from '../../core/analytics/view.ts';
import type { Cell } from '../../core/rollup/cell.ts';
import { countedUpTo } from '../analytics/index.ts';
import { filtersFor, totalBetween } from './numbers.ts';

const MINUTE_MS = 60_000;
/** Minutes are kept for two days, quarters of an hour for 120: of what is older, as much around it is counted as must be. */
const STEPS_MS = [1, 15, 60, 1_440].map((minutes) => minutes * MINUTE_MS);
const NAMES = ['arrivals', 'ended', 'succeeded', 'failed', 'expired', 'blocked', 'costUsd', 'wasteUsd'] as const;

/** Whom and what an episode concerned: the numbers of its time, narrowed as the rule and the group are. */
export interface Impact {
  from: Date;
  to: Date;
  /** False while it lasts, or is not counted to its end. */
  complete: boolean;
  metrics: Record<string, MetricView>;
}

/** The impact from the beginning of the window that began it; null where nothing of it is counted yet. */
export async function impactOf(episode: Episode, rule: Rule | undefined): Promise<Impact | null> {
  const asOf = await countedUpTo();
  const through = asOf.through;
  if (!through) return null;
  const countedMs = Math.floor(through.getTime() / MINUTE_MS) * MINUTE_MS;
  const startMs = episode.beganAt.getTime() - (rule?.windowMin ?? 0) * MINUTE_MS;
  const endMs = episode.resolvedAt?.getTime() ?? countedMs;
  for (const stepMs of STEPS_MS) {
    const fromMs = Math.floor(startMs / stepMs) * stepMs;
    const toMs = Math.min(Math.ceil(endMs / stepMs) * stepMs, countedMs);
    if (toMs <= fromMs) return null;
    const cell = await totalBetween(asOf, fromMs, toMs, filtersFor(episode.group, rule));
    if (!cell) continue;
    const complete = episode.resolvedAt !== undefined && toMs >= endMs;
    return { from: new Date(fromMs), to: new Date(toMs), complete, metrics: metricsOf(cell) };
  }
  return null;
}

function metricsOf(cell: Cell): Record<string, MetricView> {
  const { users, ...numbers } = wholeView(cell);
  const { value, unit, n } = users;
  return { users: { value, unit, n }, ...pick(numbers) };
}

function pick(numbers: object): Record<string, MetricView> {
  const known = new Map<string, MetricView>(Object.entries(numbers));
  return Object.fromEntries(NAMES.flatMap((name) => (known.has(name) ? [[name, known.get(name) as MetricView]] : [])));
}
