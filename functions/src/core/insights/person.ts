import { z } from 'zod';
import { TERMINAL_STATES } from '../generation/outcome.ts';
import { addDays, dateOf, msOf } from './period.ts';
import { RECENT_DAYS, SEGMENTS, segmentOf } from './segment.ts';

const count = z.int().min(0);
const favourites = z.array(z.strictObject({ name: z.string(), times: count }));

/** What is told of one user. */
export const personSchema = z.strictObject({
  /** UTC date of the first day looked at. */
  since: z.iso.date(),
  /** Absent where nothing was done: then so is the segment. */
  firstActiveAt: z.iso.datetime().optional(),
  lastActiveAt: z.iso.datetime().optional(),
  /** Of the last 28 UTC days, today included. */
  activeDays: count,
  segment: z.enum(SEGMENTS).optional(),
  sessions: count,
  generations: z.strictObject({
    asked: count,
    ...(Object.fromEntries(TERMINAL_STATES.map((state) => [state, count])) as Record<
      (typeof TERMINAL_STATES)[number],
      typeof count
    >),
  }),
  /** What was asked for most, at most ten of each. */
  models: favourites,
  kinds: favourites,
  styles: favourites,
  features: favourites,
  videos: count,
  videoSec: count,
  ratings: z.strictObject({ n: count, mean: z.number().optional() }),
  creditsSpent: count,
  /** For administrators only. */
  payments: z.strictObject({ n: count, paidUsdMicros: count, refundedUsdMicros: count }).optional(),
});

export type Person = z.infer<typeof personSchema>;

/** A row of `behaviour/person.sql`. */
export interface PersonRow {
  figure: string;
  name: string;
  amount: number | null;
}

/** How far back one looks at a person: what a query reads does not grow for ever. */
export const PERSON_DAYS = 365;

/** What one asks the warehouse about a person on the UTC day of `nowMs`. */
export function personWindow(nowMs: number): { from: Date; to: Date; recentFrom: Date } {
  const tomorrow = addDays(dateOf(nowMs), 1);
  const back = (days: number) => new Date(msOf(addDays(tomorrow, -days)));
  return { from: back(PERSON_DAYS), to: back(0), recentFrom: back(RECENT_DAYS) };
}

/** The insight of a person on the UTC day of `nowMs`. */
export function personOf(rows: readonly PersonRow[], nowMs: number): Person {
  const number = (figure: string) => rows.find((row) => row.figure === figure && row.name === '')?.amount ?? undefined;
  const amount = (figure: string) => number(figure) ?? 0;
  const times = (figure: string) =>
    rows.filter((row) => row.figure === figure).map(({ name, amount }) => ({ name, times: amount ?? 0 }));
  const [seenMs, firstMs, lastMs] = [number('first_seen_ms'), number('first_active_ms'), number('last_active_ms')];
  const activeDays = amount('active_days');
  const today = dateOf(nowMs);
  const daysSince = (ms: number) => (msOf(today) - msOf(dateOf(ms))) / 86_400_000;
  const ended = new Map(times('outcome').map((row) => [row.name, row.times]));
  const rated = amount('rated');
  return {
    since: dateOf(personWindow(nowMs).from.getTime()),
    ...(firstMs !== undefined && { firstActiveAt: new Date(firstMs).toISOString() }),
    ...(lastMs !== undefined && { lastActiveAt: new Date(lastMs).toISOString() }),
    activeDays,
    ...(seenMs !== undefined && {
      segment: segmentOf({
        daysSinceSeen: daysSince(seenMs),
        daysSinceActive: daysSince(lastMs ?? seenMs),
        activeDays,
      }),
    }),
    sessions: amount('sessions'),
    generations: {
      asked: amount('generations'),
      ...(Object.fromEntries(TERMINAL_STATES.map((state) => [state, ended.get(state) ?? 0])) as Record<
        (typeof TERMINAL_STATES)[number],
        number
      >),
    },
    ...{ models: times('model'), kinds: times('kind'), styles: times('style'), features: times('feature') },
    videos: amount('videos'),
    videoSec: amount('video_sec'),
    ratings: { n: rated, ...(rated > 0 && { mean: amount('stars') / rated }) },
    creditsSpent: amount('charged_credits'),
    payments: {
      n: amount('payments'),
      paidUsdMicros: amount('paid_usd_micros'),
      refundedUsdMicros: amount('refunded_usd_micros'),
    },
  };
}
