import type { Exceeded } from '../errors.ts';
import type { TierLimits } from '../settings/settings.ts';
import { type Account, utcDay } from './account.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** Days that a rolling month has, today included. */
export const ROLLING_DAYS = 30;

/** What of the limits is used, and what would be left. */
export interface Usage {
  concurrentGenerations: number;
  requestsThisMinute: number;
  generationsToday: number;
  creditsToday: number;
  creditsIn30Days: number;
}

/** How much of its limits an account has used at `now`. */
export function usageOf(account: Account, now: Date): Usage {
  const day = utcDay(now);
  const inMinute = now.getTime() - account.minute.startedAt.getTime() < MINUTE_MS;
  return {
    concurrentGenerations: account.openGenerations,
    requestsThisMinute: inMinute ? account.minute.generations : 0,
    generationsToday: account.today.day === day ? account.today.generations : 0,
    creditsToday: account.spentCredits[day] ?? 0,
    creditsIn30Days: creditsInWindow(account, now),
  };
}

/** The first limit that another generation for `credits` would break at `now`; undefined when it breaks none. */
export function limitBrokenBy(account: Account, limits: TierLimits, credits: number, now: Date): Exceeded | undefined {
  const used = usageOf(account, now);
  const broken = (limit: string, allowed: number, usedSoFar: number, added: number, freesAt?: Date) => {
    if (usedSoFar + added <= allowed) return undefined;
    // What can never fit frees at no time.
    return { limit, allowed, used: usedSoFar, ...(freesAt && added <= allowed && { freesAt }) };
  };
  const minuteEnd = new Date(account.minute.startedAt.getTime() + MINUTE_MS);
  const midnight = startOfDay(now, 1);
  const { requestsPerMinute, concurrentGenerations, generationsPerDay, creditsPerDay, creditsPer30Days } = limits;
  const monthEnd = monthFreesAt(account, creditsPer30Days - credits, now);
  return (
    broken('generation_requests_per_minute', requestsPerMinute, used.requestsThisMinute, 1, minuteEnd) ??
    broken('concurrent_generations', concurrentGenerations, used.concurrentGenerations, 1) ??
    broken('generations_per_day', generationsPerDay, used.generationsToday, 1, midnight) ??
    broken('credits_per_day', creditsPerDay, used.creditsToday, credits, midnight) ??
    broken('credits_per_30_days', creditsPer30Days, used.creditsIn30Days, credits, monthEnd)
  );
}

/** Counts one more generation for `credits`, and forgets the days that no limit looks at any more. */
export function withGeneration(account: Account, credits: number, now: Date): Account {
  const day = utcDay(now);
  const { requestsThisMinute, generationsToday, creditsToday } = usageOf(account, now);
  const oldest = utcDay(startOfDay(now, 1 - ROLLING_DAYS));
  const recent = Object.entries(account.spentCredits).filter(([key]) => key >= oldest);
  return {
    ...account,
    openGenerations: account.openGenerations + 1,
    spentCredits: { ...Object.fromEntries(recent), [day]: creditsToday + credits },
    today: { day, generations: generationsToday + 1 },
    minute: {
      startedAt: requestsThisMinute > 0 ? account.minute.startedAt : now,
      generations: requestsThisMinute + 1,
    },
  };
}

/** True while credits spent on this day still count for some limit. */
export function stillCounts(day: string, now: Date): boolean {
  return day >= utcDay(startOfDay(now, 1 - ROLLING_DAYS));
}

function creditsInWindow(account: Account, now: Date): number {
  return Object.entries(account.spentCredits)
    .filter(([day]) => stillCounts(day, now))
    .reduce((sum, [, credits]) => sum + credits, 0);
}

/** The first midnight after which no more than `room` counts; undefined when there is none. */
function monthFreesAt(account: Account, room: number, now: Date): Date | undefined {
  for (let days = 1; days <= ROLLING_DAYS; days++) {
    const at = startOfDay(now, days);
    if (creditsInWindow(account, at) <= room) return at;
  }
  return undefined;
}

function startOfDay(now: Date, daysLater: number): Date {
  return new Date(Math.floor(now.getTime() / DAY_MS + daysLater) * DAY_MS);
}
