import type { Episode } from '../../core/alert/episode.ts';
import { ALERT_METRICS } from '../../core/alert/metric.ts';
import type { Rule } from '../../core/alert/rule.ts';
import { type Slot, slotsOf } from '../../core/analytics/slots.ts';
import { AppError } from '../../core/errors.ts';
import { GRANULARITIES, type Granularity, UTC } from '../../core/rollup/bucket.ts';
import { countedUpTo, kept, totalsOf } from '../analytics/index.ts';
import { filtersFor } from './numbers.ts';

const MINUTE_MS = 60_000;

/** A rule's metric around an episode, bucket by bucket. */
export interface Series {
  metric: string;
  unit: string;
  bounds: Record<string, number>;
  granularity: Granularity;
  points: { start: Date; end: Date; value: number | null; n: number }[];
}

/** From two windows before it began until two after its end; null for what has no history in the rollups, or no longer. */
export async function seriesOf(episode: Episode, rule: Rule | undefined): Promise<Series | null> {
  const metric = rule && ALERT_METRICS[rule.metric];
  if (!rule || metric?.source !== 'rollup') return null;
  const asOf = await countedUpTo();
  if (!asOf.through) return null;
  const marginMs = 2 * Math.max(rule.windowMin, 15) * MINUTE_MS;
  const countedMs = asOf.through.getTime();
  const endMs = Math.min(countedMs, (episode.resolvedAt?.getTime() ?? countedMs) + marginMs);
  const startMs = episode.beganAt.getTime() - marginMs;
  const found = finestSlots(startMs, endMs);
  if (!found) return null;
  const { granularity, slots } = found;
  const cells = await totalsOf(asOf, slots, filtersFor(episode.group, rule));
  const points = slots.map((slot, i) => {
    const { value, n } = metric.read(cells[i], episode.group);
    return { start: new Date(slot.startMs), end: new Date(slot.endMs), value: value ?? null, n };
  });
  return { metric: rule.metric, unit: metric.unit, bounds: boundsOf(rule), granularity, points };
}

const MAX_POINTS = 200;

/** The finest slots that are at most 200 and still kept: minutes are for two days, quarters of an hour for 120. */
function finestSlots(startMs: number, endMs: number): { granularity: Granularity; slots: Slot[] } | undefined {
  for (const granularity of ['1m', '15m', '1h', '1d'] as const) {
    const { lengthMs } = GRANULARITIES[granularity];
    const [fromMs, toMs] = [startMs, endMs].map((ms) => Math.floor(ms / lengthMs) * lengthMs) as [number, number];
    if (toMs <= fromMs || (toMs - fromMs) / lengthMs > MAX_POINTS) continue;
    try {
      return { granularity, slots: slotsOf({ fromMs, toMs, zone: UTC }, granularity, kept()) };
    } catch (error) {
      // Not kept that finely any more: the next coarser is tried.
      if (!(error instanceof AppError && error.code === 'invalid_request')) throw error;
    }
  }
  return undefined;
}

function boundsOf({ condition }: Rule): Record<string, number> {
  if (condition.type !== 'threshold') return {};
  const { warning, critical } = condition;
  return { ...(warning !== undefined && { warning }), ...(critical !== undefined && { critical }) };
}
