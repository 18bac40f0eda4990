import { Cron } from 'croner';

const INTERVAL = /^every (\d+) (minutes?|mins?|hours?)(?: synchronized)?$/;
const AT_TIME = /^every ([a-z,]+) (\d{1,2}):(\d{2})$/;
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** First run strictly after `afterMs`, in milliseconds since the epoch. */
export type NextRun = (afterMs: number) => number;

/**
 * Reads a schedule: cron with five fields, or App Engine's English as far as `every N minutes|hours` and
 * `every day|monday|mon,thu HH:MM` go. Intervals count from the epoch (UTC), so they do not depend on when the host
 * started. Throws RangeError for anything else, and for unknown time zones.
 */
export function nextRunOf(schedule: string, timeZone: string): NextRun {
  const text = schedule.trim().toLowerCase().replaceAll(/\s+/g, ' ');
  const interval = INTERVAL.exec(text);
  if (interval) return every(Number(interval[1]) * (interval[2]?.startsWith('h') ? 3_600_000 : 60_000), schedule);
  const atTime = AT_TIME.exec(text);
  const pattern = atTime ? `${Number(atTime[3])} ${Number(atTime[2])} * * ${weekdays(atTime[1], schedule)}` : text;
  let cron: Cron;
  try {
    cron = new Cron(pattern, { paused: true, timezone: timeZone, mode: '5-part' });
    cron.nextRun(new Date(0));
  } catch (cause) {
    throw new RangeError(`not a schedule: "${schedule}" in ${timeZone}`, { cause });
  }
  return (afterMs) => cron.nextRun(new Date(afterMs))?.getTime() ?? Number.POSITIVE_INFINITY;
}

function every(periodMs: number, schedule: string): NextRun {
  if (periodMs === 0) throw new RangeError(`not a schedule: "${schedule}"`);
  return (afterMs) => (Math.floor(afterMs / periodMs) + 1) * periodMs;
}

function weekdays(days = '', schedule: string): string {
  if (days === 'day') return '*';
  const numbers = days.split(',').map((day) => WEEKDAYS.indexOf(day.slice(0, 3)));
  if (numbers.includes(-1)) throw new RangeError(`not a schedule: "${schedule}"`);
  return numbers.join(',');
}
