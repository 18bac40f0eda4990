import { eventsOfTypes } from '../../../platform/eventLog.ts';
import { hourly } from './hourly.ts';
import type { Signal, SignalReading } from './signal.ts';

const DAY_MS = 86_400_000;
/** How long somebody has to subscribe after signing up. */
const WITHIN_DAYS = 30;
/** Events that are looked at; with more of them the signal says nothing. */
const MAX_EVENTS = 20_000;

/**
 * Of those who signed up on whole UTC days, as many as the window has, that ended 30 days ago: who subscribed within 30 days.
 * Found out once an hour; n: signups.
 */
export const premiumConversion: Signal = async ({ rule, now }) => {
  const days = Math.max(1, Math.round(rule.windowMin / 1_440));
  return [await hourly(`premiumConversion.${days}`, now, () => readingOf(days, now))];
};

async function readingOf(days: number, now: Date): Promise<SignalReading> {
  const toMs = (Math.floor(now.getTime() / DAY_MS) - WITHIN_DAYS) * DAY_MS;
  const window = { fromMs: toMs - days * DAY_MS, toMs };
  const nothing = { group: {}, ...window, n: 0 };
  const cohort = { from: new Date(window.fromMs), to: new Date(toMs) };
  const signups = await eventsOfTypes(['signup'], cohort, MAX_EVENTS);
  if (!signups || signups.length === 0) return nothing;
  const until = { from: cohort.from, to: new Date(toMs + WITHIN_DAYS * DAY_MS) };
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
