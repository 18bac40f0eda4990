import type { BusinessMetrics } from './schema.ts';

/** What periods that follow each other come to together, and at both their ends; what is not known of all of them is not there. */
export interface BusinessTotals {
  grossUsdMicros?: number;
  refundsUsdMicros?: number;
  netUsdMicros?: number;
  payments?: number;
  trialsStarted?: number;
  signups?: number;
  ticketsOpened?: number;
  ticketsClosed?: number;
  apiRequests?: number;
  mrrAtStartUsdMicros?: number;
  mrrAtEndUsdMicros?: number;
  subscribersAtStart?: number;
  subscribersAtEnd?: number;
}

type Read = (metrics: BusinessMetrics) => number | undefined;

const SUMMED: Readonly<Partial<Record<keyof BusinessTotals, Read>>> = {
  grossUsdMicros: ({ revenue }) => revenue?.grossUsdMicros,
  refundsUsdMicros: ({ revenue }) => revenue?.refundsUsdMicros,
  netUsdMicros: ({ revenue }) => revenue?.netUsdMicros,
  payments: ({ revenue }) => revenue?.payments,
  trialsStarted: ({ trials }) => trials?.started,
  signups: ({ funnel }) => funnel?.signups,
  ticketsOpened: ({ tickets }) => tickets?.opened,
  ticketsClosed: ({ tickets }) => tickets?.closed,
  apiRequests: ({ api }) => api?.requests,
};

/** The totals of periods in order. */
export function totalsOf(periods: readonly BusinessMetrics[]): BusinessTotals {
  const [first, last] = [periods[0]?.subscriptions, periods.at(-1)?.subscriptions];
  const totals: BusinessTotals = {
    ...(first && {
      mrrAtStartUsdMicros: first.mrrAtStartUsdMicros,
      subscribersAtStart: first.subscribersAtStart,
    }),
    ...(last && { mrrAtEndUsdMicros: last.mrrAtEndUsdMicros, subscribersAtEnd: last.subscribersAtEnd }),
  };
  for (const [name, read] of Object.entries(SUMMED)) {
    const values = periods.map(read);
    const known = values.filter((value) => value !== undefined);
    if (known.length > 0 && known.length === values.length) {
      totals[name as keyof BusinessTotals] = known.reduce((sum, value) => sum + value, 0);
    }
  }
  return totals;
}

/** How totals differ from those of the period before: the difference, and it ÷ the value before where that is not 0. */
export function totalChanges(now: BusinessTotals, before: BusinessTotals) {
  return Object.fromEntries(
    Object.entries(now).flatMap(([name, value]) => {
      const earlier = before[name as keyof BusinessTotals];
      if (earlier === undefined) return [];
      const difference = value - earlier;
      return [[name, { difference, ratio: earlier === 0 ? null : difference / earlier }]];
    }),
  );
}
