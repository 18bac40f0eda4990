import { runQuery } from '../../../platform/bigquery/query.ts';
import { eventsOfTypes } from '../../../platform/eventLog.ts';
import { insightState } from '../../insights/index.ts';
import { hourly } from './hourly.ts';
import type { Signal, SignalReading } from './signal.ts';

const DAY_MS = 86_400_000;
/** The other rules wait for this one. */
const TIMEOUT_MS = 20_000;
/** How long somebody has to subscribe after signing up. */
const WITHIN_DAYS = 30;
/** Events that are looked at in the log; with more of them the signal says nothing. */
const MAX_EVENTS = 20_000;

/** A warehouse that is further behind says nothing of now. */
const MOST_BEHIND_MS = 2 * DAY_MS;

/**
 * Of those who signed up on whole UTC days, as many as the window has, that ended 30 days ago: who subscribed within 30 days.
 * From the warehouse, as of the last midnight up to which it has the log; without one from the log. Found out once an hour; n: signups.
 */
export const premiumConversion: Signal = async ({ rule, now }) => {
  const days = Math.max(1, Math.round(rule.windowMin / 1_440));
  return [
    await hourly(`premiumConversion.${days}`, now, async () => {
      const { through } = await insightState();
      if (!through) return fromLog(cohortOf(days, now));
      const isStale = now.getTime() - through.getTime() > MOST_BEHIND_MS;
      return isStale ? { group: {}, n: 0 } : fromWarehouse(cohortOf(days, through));
    }),
  ];
};

/** Those whose 30 days are over at the last midnight. */
interface Cohort {
  fromMs: number;
  toMs: number;
}

function cohortOf(days: number, at: Date): Cohort {
  const toMs = (Math.floor(at.getTime() / DAY_MS) - WITHIN_DAYS) * DAY_MS;
  return { fromMs: toMs - days * DAY_MS, toMs };
}

async function fromWarehouse(window: Cohort): Promise<SignalReading> {
  const cohort = { from: new Date(window.fromMs), to: new Date(window.toMs) };
  const [counted] = await runQuery<{ signups: number; subscribed: number }>('business/premium_conversion', cohort, {
    timeoutMs: TIMEOUT_MS,
  });
  const { signups = 0, subscribed = 0 } = counted ?? {};
  return { group: {}, ...window, n: signups, ...(signups > 0 && { value: subscribed / signups }) };
}

async function fromLog(window: Cohort): Promise<SignalReading> {
  const nothing = { group: {}, ...window, n: 0 };
  const cohort = { from: new Date(window.fromMs), to: new Date(window.toMs) };
  const signups = await eventsOfTypes(['signup'], cohort, MAX_EVENTS);
  if (!signups || signups.length === 0) return nothing;
  const until = { from: cohort.from, to: new Date(window.toMs + WITHIN_DAYS * DAY_MS) };
  const subscriptions = await eventsOfTypes(['subscription.started'], until, MAX_EVENTS);
  if (!subscriptions) return nothing;
  const signedUpAt = firstTimes(signups);
  const subscribedAt = firstTimes(subscriptions);
  const subscribed = [...signedUpAt].filter(([user, signup]) => {
    const atMs = subscribedAt.get(user);
    return atMs !== undefined && atMs >= signup && atMs < signup + WITHIN_DAYS * DAY_MS;
  });
  const n = signedUpAt.size;
  return { ...nothing, n, ...(n > 0 && { value: subscribed.length / n }) };
}

/** When each user did it first; whoever is not named counts for nobody. */
function firstTimes(events: readonly { userKey: string; occurredAt: Date }[]): Map<string, number> {
  const first = new Map<string, number>();
  for (const { userKey, occurredAt } of events) {
    if (userKey === '') continue;
    first.set(userKey, Math.min(first.get(userKey) ?? Infinity, occurredAt.getTime()));
  }
  return first;
}
