import type { BusinessMetrics } from '../../src/core/insights/business/schema.ts';
import type { InsightPeriod } from '../../src/core/insights/period.ts';
import type { RowEvent } from '../../src/core/warehouse/row.ts';
import { expectedActiveUsers, expectedFeatures, expectedRetention } from './expectedActivity.ts';
import { expectedFunnel } from './expectedFunnel.ts';
import { expectedRevenue, expectedSubscriptions, expectedTrials } from './expectedMoney.ts';
import { expectedTickets } from './expectedTickets.ts';

/** What happened, in plain words: an event with its time in ms and its body's fields by name. */
export interface Told {
  id: string;
  type: string;
  atMs: number;
  user: string;
  // biome-ignore lint/suspicious/noExplicitAny: the test reads the fields of each type as they were written
  body: any;
}

/** A period in ms. */
export interface Span {
  startMs: number;
  endMs: number;
}

export const DAY = 86_400_000;

/** Events in the order in which they count: by time, then by id. */
export const toldOf = (events: readonly RowEvent[]): Told[] =>
  events
    .map(({ id, type, occurredAt, userKey, body }) => ({ id, type, atMs: occurredAt.getTime(), user: userKey, body }))
    .sort((a, b) => a.atMs - b.atMs || (a.id < b.id ? -1 : 1));

export const isIn = (atMs: number, { startMs, endMs }: Span) => atMs >= startMs && atMs < endMs;

/** The lower one of the two in the middle of an even number. */
export function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.ceil(sorted.length / 2) - 1];
}

/** The business metrics of a period by their definitions, worked out from the events alone. */
export function expectedMetrics(told: readonly Told[], period: InsightPeriod, throughMs: number): BusinessMetrics {
  const span = { startMs: Date.parse(period.start), endMs: Date.parse(period.end) };
  return {
    revenue: expectedRevenue(told, span),
    subscriptions: expectedSubscriptions(told, span),
    trials: expectedTrials(told, span, throughMs),
    activeUsers: expectedActiveUsers(told, span, throughMs),
    ...(period.granularity !== 'day' && { retention: expectedRetention(told, span, period.granularity) }),
    funnel: expectedFunnel(told, span),
    features: expectedFeatures(told, span),
    tickets: expectedTickets(told, span),
  };
}
