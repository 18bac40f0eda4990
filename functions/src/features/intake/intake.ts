import { utcDay } from '../../core/account/account.ts';
import { AppError } from '../../core/errors.ts';
import type { Settings } from '../../core/settings/settings.ts';
import { perApp } from '../../platform/app.ts';
import { now } from '../../platform/clock.ts';
import { costOfDayUsdMicros } from '../../platform/collections.ts';

/** How old the sum over all users may be. Costs a read or two each time. */
const FRESH_MS = 10_000;
const DAY_MS = 86_400_000;

interface DaySum {
  day: string;
  costUsdMicros: number;
  readAtMs: number;
}

const daySum = perApp((): DaySum => ({ day: '', costUsdMicros: 0, readAtMs: 0 }));

/**
 * Throws `limit_exceeded` when intake is closed, or when another generation at this cost would go over what the project may
 * spend on a UTC day. The sum is at most 10 s old, plus what this instance has taken in since: a brake for the house, not a
 * ledger. (The users' own limits are exact.)
 */
export async function assertIntake({ intake }: Settings, costUsdMicros: number): Promise<void> {
  if (!intake.open) {
    const message = intake.message ?? 'No new generations are taken in at the moment.';
    throw new AppError('limit_exceeded', message, [], { limit: 'intake', allowed: 0, used: 0 });
  }
  const allowed = intake.costUsdMicrosPerDay;
  if (allowed === null) return;
  const used = await costToday();
  if (used + costUsdMicros <= allowed) return;
  throw new AppError('limit_exceeded', "The project's budget of this day (UTC) is used up.", [], {
    limit: 'project_cost_usd_micros_per_day',
    allowed,
    used,
    ...(costUsdMicros <= allowed && { freesAt: new Date((Math.floor(now().getTime() / DAY_MS) + 1) * DAY_MS) }),
  });
}

/** Counts what this instance has just taken in. */
export function countAdmitted(costUsdMicros: number): void {
  daySum().costUsdMicros += costUsdMicros;
}

async function costToday(): Promise<number> {
  const sum = daySum();
  const day = utcDay(now());
  const ageMs = now().getTime() - sum.readAtMs;
  if (sum.day !== day || ageMs < 0 || ageMs >= FRESH_MS) {
    Object.assign(sum, { day, costUsdMicros: await costOfDayUsdMicros(day), readAtMs: now().getTime() });
  }
  return sum.costUsdMicros;
}
