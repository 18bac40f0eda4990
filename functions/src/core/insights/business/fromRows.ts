import { addDays, dateOf, type InsightPeriod, msOf } from '../period.ts';
import { BUSINESS_PARTS, type BusinessPart, type Found } from './schema.ts';

/** A row of a query about periods: values by column; a period's are under `period`. */
export type PeriodRow = Readonly<Record<string, string | number | null>>;

/** Most categories of tickets that are told apart: those opened most. */
const MOST_CATEGORIES = 20;

const snakeCase = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const num = (row: PeriodRow | undefined, column: string): number => Number(row?.[column] ?? 0);
const text = (row: PeriodRow, column: string): string => String(row[column] ?? '');

/** The columns of these names, 0 where there is nothing. */
function counts<N extends string>(row: PeriodRow | undefined, names: readonly N[]): Record<N, number> {
  return Object.fromEntries(names.map((name) => [name, num(row, snakeCase(name))])) as Record<N, number>;
}

function revenue([row]: readonly PeriodRow[]): Found<'revenue'> {
  const paid = counts(row, ['grossUsdMicros', 'refundsUsdMicros', 'payments', 'refundedPayments', 'payingUsers']);
  return { ...paid, netUsdMicros: paid.grossUsdMicros - paid.refundsUsdMicros };
}

function subscriptions([row]: readonly PeriodRow[]): Found<'subscriptions'> {
  return {
    ...counts(row, ['subscribersAtStart', 'subscribersAtEnd', 'mrrAtStartUsdMicros', 'mrrAtEndUsdMicros']),
    ...counts(row, ['newSubscribers', 'newMrrUsdMicros', 'reactivatedSubscribers', 'reactivatedMrrUsdMicros']),
    ...counts(row, ['expandedSubscribers', 'expansionMrrUsdMicros', 'contractedSubscribers']),
    ...counts(row, ['contractionMrrUsdMicros', 'churnedSubscribers', 'churnedMrrUsdMicros', 'convertedUsers']),
    convertibleUsers: num(row, 'signed_up_users') - num(row, 'signed_up_subscribers_at_start'),
  };
}

const trials = ([row]: readonly PeriodRow[]): Found<'trials'> => counts(row, ['started', 'converted', 'runningAtEnd']);

/** `today` is the last day that is counted. */
function activeUsers([row]: readonly PeriodRow[], { start, end }: InsightPeriod, today: string): Found<'activeUsers'> {
  const tomorrow = addDays(today, 1);
  const days = Math.max(0, (msOf(end < tomorrow ? end : tomorrow) - msOf(start)) / msOf('1970-01-02'));
  return {
    ...{ days, ...counts(row, ['users', 'dailyUsersSum', 'weeklyUsersSum', 'monthlyUsersSum']) },
    ...counts(row, ['weeklyUsersAtEnd', 'monthlyUsersAtEnd']),
  };
}

function retention(rows: readonly PeriodRow[]): Found<'retention'> {
  const cohorts = rows.map((row) => ({
    start: text(row, 'cohort_on'),
    ...counts(row, ['periodsLater', 'users', 'activeUsers']),
  }));
  return { cohorts: cohorts.sort((a, b) => a.periodsLater - b.periodsLater) };
}

function funnel(rows: readonly PeriodRow[]): Found<'funnel'> {
  const rowOf = (step: string) => rows.find((row) => row.step === step);
  const stepOf = (name: string) => {
    const row = rowOf(name);
    return { users: num(row, 'users'), ...(row && { medianMs: num(row, 'median_ms') }) };
  };
  const steps = { asked: stepOf('asked'), downloaded: stepOf('downloaded'), paid: stepOf('paid') };
  return { signups: num(rowOf('signedUp'), 'users'), ...steps };
}

function features(rows: readonly PeriodRow[]): Found<'features'> {
  const used = rows.map((row) => ({ feature: text(row, 'feature'), ...counts(row, ['users', 'events']) }));
  return { features: used.sort((a, b) => b.users - a.users || b.events - a.events || order(a.feature, b.feature)) };
}

function tickets(rows: readonly PeriodRow[]): Found<'tickets'> {
  const told = rows.map((row) => ({
    category: text(row, 'category'),
    ...counts(row, ['opened', 'closed', 'openAtStart', 'openAtEnd']),
    ...(row.median_open_ms != null && { medianOpenMs: num(row, 'median_open_ms') }),
  }));
  const { category: _, ...all } = told.find(({ category }) => category === '') ?? {
    category: '',
    ...counts(undefined, ['opened', 'closed', 'openAtStart', 'openAtEnd']),
  };
  const categories = told
    .filter(({ category }) => category !== '')
    .sort((a, b) => b.opened - a.opened || order(a.category, b.category))
    .slice(0, MOST_CATEGORIES);
  return { ...all, categories };
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The parts that the warehouse knows, each with what it makes of a period's rows. */
const FROM_ROWS = { revenue, subscriptions, trials, activeUsers, retention, funnel, features, tickets } as const;

export type QueriedPart = keyof typeof FROM_ROWS;
export const QUERIED_PARTS = Object.keys(FROM_ROWS) as QueriedPart[];

/** What a part's query says of a period, checked; no rows: nothing happened. `throughMs`: up to when the log is there. */
export function partOf(
  part: QueriedPart,
  rows: readonly PeriodRow[],
  period: InsightPeriod,
  throughMs: number,
): Found<BusinessPart> {
  return BUSINESS_PARTS[part].parse(FROM_ROWS[part](rows, period, dateOf(throughMs)));
}
