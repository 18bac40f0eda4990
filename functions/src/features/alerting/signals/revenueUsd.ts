import type { Rule } from '../../../core/alert/rule.ts';
import type { EventBody } from '../../../core/events/schema.ts';
import { metricsOf } from '../../../core/insights/business/view.ts';
import type { InsightDocument } from '../../../core/insights/document.ts';
import { msOf } from '../../../core/insights/period.ts';
import { eventsOfTypes } from '../../../platform/eventLog.ts';
import { closedDays, type InsightState, insightState } from '../../insights/index.ts';
import { hourly } from './hourly.ts';
import type { Signal, SignalReading } from './signal.ts';

const DAY_MS = 86_400_000;
/** Payments that are looked at in the log; with more of them the signal says nothing. */
const MAX_PAYMENTS = 20_000;

interface Revenue {
  usdMicros: number;
  payments: number;
}

/**
 * Payments less refunds of the last whole UTC days, as many as the window has, and what they came to before. From the warehouse's
 * documents, of days that are closed there; without a warehouse from the log. Found out once an hour; n: payments.
 */
export const revenueUsd: Signal = async ({ rule, now }) => {
  const days = Math.max(1, Math.round(rule.windowMin / 1_440));
  const shiftDays = shiftOf(rule, days);
  return [
    await hourly(`revenueUsd.${days}.${shiftDays}`, now, async () => {
      const state = await insightState();
      return state.through ? fromWarehouse(days, shiftDays, state, now) : fromLog(days, shiftDays, now);
    }),
  ];
};

async function fromWarehouse(days: number, shiftDays: number, state: InsightState, now: Date): Promise<SignalReading> {
  const known = await closedDays('business_metrics', 'revenue', days + shiftDays, state, now);
  const current = known.slice(-days);
  const [first, last] = [current[0], current.at(-1)];
  if (!first || !last) return { group: {}, n: 0 };
  return reading(sumOf(current), sumOf(known.slice(0, days)), { fromMs: msOf(first.start), toMs: msOf(last.end) });
}

async function fromLog(days: number, shiftDays: number, now: Date): Promise<SignalReading> {
  const toMs = Math.floor(now.getTime() / DAY_MS) * DAY_MS;
  const window = { fromMs: toMs - days * DAY_MS, toMs };
  const shiftMs = shiftDays * DAY_MS;
  const current = await revenueOf(window.fromMs, toMs);
  const before = await revenueOf(window.fromMs - shiftMs, toMs - shiftMs);
  return current && before ? reading(current, before, window) : { group: {}, ...window, n: 0 };
}

function reading(current: Revenue, before: Revenue, window: { fromMs: number; toMs: number }): SignalReading {
  const n = current.payments + before.payments;
  return { group: {}, ...window, value: current.usdMicros / 1e6, before: before.usdMicros / 1e6, n };
}

/** By how many days the window is moved back to compare. */
function shiftOf({ condition }: Rule, days: number): number {
  if (condition.type !== 'change') return days;
  return { previous: days, day: 1, week: 7 }[condition.against];
}

function sumOf(days: readonly InsightDocument[]): Revenue {
  const sum = { usdMicros: 0, payments: 0 };
  for (const { revenue } of days.map(metricsOf)) {
    sum.usdMicros += revenue?.netUsdMicros ?? 0;
    sum.payments += revenue?.payments ?? 0;
  }
  return sum;
}

/** Undefined where there are more payments than are looked at. */
async function revenueOf(fromMs: number, toMs: number): Promise<Revenue | undefined> {
  const period = { from: new Date(fromMs), to: new Date(toMs) };
  const events = await eventsOfTypes(['payment.succeeded', 'payment.refunded'], period, MAX_PAYMENTS);
  if (!events) return undefined;
  const revenue = { usdMicros: 0, payments: 0 };
  for (const { type, body } of events) {
    const { amountUsdMicros } = body as EventBody<'payment.succeeded' | 'payment.refunded'>;
    revenue.usdMicros += type === 'payment.succeeded' ? amountUsdMicros : -amountUsdMicros;
    if (type === 'payment.succeeded') revenue.payments += 1;
  }
  return revenue;
}
