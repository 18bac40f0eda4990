import type { InsightDocument } from '../document.ts';
import { addDays, msOf } from '../period.ts';
import { type BusinessMetrics, FOLLOWS_WITHIN_DAYS, type Found } from './schema.ts';

/** A ratio, and what it rests on; null where that is nothing. */
export interface RatioView {
  value: number | null;
  n: number;
}

/** `count` ÷ `of`, resting on `n` (usually `of`); a value with at most six decimals. */
export function ratioView(count: number, of: number, n: number = of): RatioView {
  return { value: of > 0 ? Math.round((count / of) * 1e6) / 1e6 : null, n };
}

/** An amount of money for each of `n`, in whole millionths. */
const eachUsdMicros = (usdMicros: number, n: number): RatioView => ({
  value: n > 0 ? Math.round(usdMicros / n) : null,
  n,
});

/** The parts of a document. What is stored has been checked when it was computed. */
export const metricsOf = (document: InsightDocument): BusinessMetrics => document.metrics as BusinessMetrics;

/** What follows from the parts of a period; a ratio of parts that are not known is not there. */
export function ratiosOf({ revenue, subscriptions, trials, activeUsers, tickets, api }: BusinessMetrics) {
  return {
    ...(revenue && { arppuUsdMicros: eachUsdMicros(revenue.netUsdMicros, revenue.payingUsers) }),
    ...(revenue && activeUsers && { arpuUsdMicros: eachUsdMicros(revenue.netUsdMicros, activeUsers.users) }),
    ...(subscriptions && subscriptionRatios(subscriptions)),
    ...(trials && { trialConversion: ratioView(trials.converted, trials.started) }),
    ...(activeUsers && {
      stickiness: ratioView(activeUsers.dailyUsersSum, activeUsers.monthlyUsersSum, activeUsers.days),
    }),
    ...(tickets && activeUsers && { ticketsPer1000Users: ratioView(tickets.opened * 1_000, activeUsers.users) }),
    ...(api && { apiErrorRate: ratioView(api.errors5xx, api.requests) }),
  };
}

function subscriptionRatios(found: Found<'subscriptions'>) {
  const lostUsdMicros = found.churnedMrrUsdMicros + found.contractionMrrUsdMicros;
  return {
    conversion: ratioView(found.convertedUsers, found.convertibleUsers),
    userChurn: ratioView(found.churnedSubscribers, found.subscribersAtStart),
    revenueChurn: ratioView(lostUsdMicros, found.mrrAtStartUsdMicros, found.subscribersAtStart),
  };
}

/** Which share of those who signed up took each step, and of those who had taken the one before. */
export function funnelView({ signups, asked, downloaded, paid }: Found<'funnel'>) {
  const step = (of: { users: number; medianMs?: number | undefined }, before: number) => ({
    ...of,
    ofSignups: ratioView(of.users, signups),
    ofStepBefore: ratioView(of.users, before),
  });
  return {
    signups,
    asked: step(asked, signups),
    downloaded: step(downloaded, asked.users),
    paid: step(paid, downloaded.users),
  };
}

/** When what follows the starts of a period is all known, and whether it is. */
export function maturityOf({ end, partsThrough }: InsightDocument, part: 'trials' | 'funnel') {
  const matureMs = msOf(addDays(end, FOLLOWS_WITHIN_DAYS));
  return {
    matureAt: new Date(matureMs).toISOString(),
    isMature: (partsThrough[part]?.getTime() ?? 0) >= matureMs,
  };
}
