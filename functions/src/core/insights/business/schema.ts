import { z } from 'zod';

const count = z.int().min(0);
const usdMicros = z.int().min(0);
const durationMs = z.int().min(0);

/** What was paid and paid back. Net is gross less refunds, and may be below 0. */
const revenue = z.strictObject({
  ...{ grossUsdMicros: usdMicros, refundsUsdMicros: usdMicros, netUsdMicros: z.int() },
  ...{ payments: count, refundedPayments: count, payingUsers: count },
});

/**
 * Subscriptions at both ends of the period, and who is in another place at its end than at its start. New: never had one before;
 * reactivated: had one before, not at the start. Monthly recurring revenue (MRR): price ÷ months, whole millionths.
 */
const subscriptions = z.strictObject({
  ...{ subscribersAtStart: count, subscribersAtEnd: count },
  ...{ mrrAtStartUsdMicros: usdMicros, mrrAtEndUsdMicros: usdMicros },
  ...{ newSubscribers: count, newMrrUsdMicros: usdMicros },
  ...{ reactivatedSubscribers: count, reactivatedMrrUsdMicros: usdMicros },
  ...{ expandedSubscribers: count, expansionMrrUsdMicros: usdMicros },
  ...{ contractedSubscribers: count, contractionMrrUsdMicros: usdMicros },
  ...{ churnedSubscribers: count, churnedMrrUsdMicros: usdMicros },
  /** Signed up before the end, without a subscription at the start; and those of them of whom one started in the period. */
  ...{ convertibleUsers: count, convertedUsers: count },
});

/** First trials of users: begun in the period; of those, followed by a subscription within 30 days; and running at its end. */
const trials = z.strictObject({ started: count, converted: count, runningAtEnd: count });

/**
 * Users active in the period, and sums over its days up to today: of those active on the day, in the 7 days that end with it, and
 * in the 30. A sum ÷ `days` is a mean.
 */
const activeUsers = z.strictObject({
  ...{ users: count, days: count },
  ...{ dailyUsersSum: count, weeklyUsersSum: count, monthlyUsersSum: count },
  ...{ weeklyUsersAtEnd: count, monthlyUsersAtEnd: count },
});

/** Of those who signed up in this week or month and in each of the eleven before: how many were active in this one. */
const retention = z.strictObject({
  cohorts: z
    .array(z.strictObject({ start: z.iso.date(), periodsLater: count, users: count, activeUsers: count }))
    .max(12),
});

const step = z.strictObject({ users: count, medianMs: durationMs.optional() });
/** Those who signed up in the period, and how far they came within 30 days; times are since the step before. */
const funnel = z.strictObject({ signups: count, asked: step, downloaded: step, paid: step });

const features = z.strictObject({
  features: z.array(z.strictObject({ feature: z.string(), users: count, events: count })).max(50),
});

const ticketCounts = {
  ...{ opened: count, closed: count, openAtStart: count, openAtEnd: count },
  medianOpenMs: durationMs.optional(),
};
const tickets = z.strictObject({
  ...ticketCounts,
  categories: z.array(z.strictObject({ category: z.string(), ...ticketCounts })).max(20),
});

/** Requests that the API answered, by the class of the answer. */
const api = z.strictObject({ requests: count, errors4xx: count, errors5xx: count });

/** The parts of a document of `business_metrics`; money in millionths of a dollar. A part that is not known is not there. */
export const BUSINESS_PARTS = {
  ...{ revenue, subscriptions, trials, activeUsers, retention, funnel, features, tickets, api },
} as const;

export type BusinessPart = keyof typeof BUSINESS_PARTS;
export type BusinessMetrics = { [P in BusinessPart]?: z.infer<(typeof BUSINESS_PARTS)[P]> };
/** What a part is made of. */
export type Found<P extends BusinessPart> = z.infer<(typeof BUSINESS_PARTS)[P]>;

/** How long after its start something still counts as following it: a trial, a signup. */
export const FOLLOWS_WITHIN_DAYS = 30;
