import type { Found } from '../../src/core/insights/business/schema.ts';
import { DAY, isIn, type Span, type Told } from './expected.ts';

export function expectedRevenue(told: readonly Told[], span: Span): Found<'revenue'> {
  let [gross, refunds, payments] = [0, 0, 0];
  const refunded = new Set<string>();
  const payers = new Set<string>();
  for (const { type, atMs, user, body } of told) {
    if (!isIn(atMs, span)) continue;
    if (type === 'payment.succeeded') {
      gross += body.amountUsdMicros;
      payments += 1;
      if (user !== '') payers.add(user);
    }
    if (type === 'payment.refunded') {
      refunds += body.amountUsdMicros;
      refunded.add(body.paymentId);
    }
  }
  return {
    ...{ grossUsdMicros: gross, refundsUsdMicros: refunds, netUsdMicros: gross - refunds },
    ...{ payments, refundedPayments: refunded.size, payingUsers: payers.size },
  };
}

/** The MRR of each user whose subscription runs at a moment: by what was told before it. */
function runningAt(told: readonly Told[], momentMs: number): Map<string, number> {
  const running = new Map<string, number>();
  for (const { type, atMs, user, body } of told) {
    if (atMs >= momentMs || user === '') continue;
    if (type === 'subscription.started' || type === 'subscription.changed') {
      running.set(user, Math.floor(body.amountUsdMicros / body.months));
    }
    if (type === 'subscription.cancelled') running.delete(user);
  }
  return running;
}

const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0);

export function expectedSubscriptions(told: readonly Told[], span: Span): Found<'subscriptions'> {
  const before = runningAt(told, span.startMs);
  const after = runningAt(told, span.endMs);
  const subscribedEarlier = new Set<string>();
  const startedNow = new Set<string>();
  const signedUp = new Set<string>();
  for (const { type, atMs, user } of told) {
    if (user === '') continue;
    if (type === 'signup' && atMs < span.endMs) signedUp.add(user);
    if (type === 'subscription.started' && isIn(atMs, span)) startedNow.add(user);
    if ((type === 'subscription.started' || type === 'subscription.changed') && atMs < span.startMs)
      subscribedEarlier.add(user);
  }
  const moved = { new: [] as number[], reactivated: [] as number[], up: [] as number[], down: [] as number[] };
  const churned = [...before].filter(([user]) => !after.has(user)).map(([, mrr]) => mrr);
  for (const [user, mrr] of after) {
    const earlier = before.get(user);
    if (earlier === undefined) (subscribedEarlier.has(user) ? moved.reactivated : moved.new).push(mrr);
    else if (mrr > earlier) moved.up.push(mrr - earlier);
    else if (mrr < earlier) moved.down.push(earlier - mrr);
  }
  const convertible = [...signedUp].filter((user) => !before.has(user));
  return {
    ...{ subscribersAtStart: before.size, mrrAtStartUsdMicros: sum(before.values()) },
    ...{ subscribersAtEnd: after.size, mrrAtEndUsdMicros: sum(after.values()) },
    ...{ newSubscribers: moved.new.length, newMrrUsdMicros: sum(moved.new) },
    ...{ reactivatedSubscribers: moved.reactivated.length, reactivatedMrrUsdMicros: sum(moved.reactivated) },
    ...{ expandedSubscribers: moved.up.length, expansionMrrUsdMicros: sum(moved.up) },
    ...{ contractedSubscribers: moved.down.length, contractionMrrUsdMicros: sum(moved.down) },
    ...{ churnedSubscribers: churned.length, churnedMrrUsdMicros: sum(churned) },
    convertibleUsers: convertible.length,
    convertedUsers: convertible.filter((user) => startedNow.has(user)).length,
  };
}

export function expectedTrials(told: readonly Told[], span: Span, throughMs: number): Found<'trials'> {
  const trials = new Map<string, number>();
  for (const { type, atMs, user } of told) {
    if (type === 'trial.started' && user !== '' && !trials.has(user)) trials.set(user, atMs);
  }
  const found = { started: 0, converted: 0, runningAtEnd: 0 };
  // What is not over has come as far as it is known.
  const endMs = Math.min(span.endMs, throughMs);
  for (const [user, triedMs] of trials) {
    const subscribedMs = told.find(
      (event) => event.type === 'subscription.started' && event.user === user && event.atMs >= triedMs,
    )?.atMs;
    const endedMs = Math.min(triedMs + 30 * DAY, subscribedMs ?? Infinity);
    if (isIn(triedMs, span)) {
      found.started += 1;
      if (subscribedMs !== undefined && subscribedMs - triedMs < 30 * DAY) found.converted += 1;
    }
    const lastsBeyond = triedMs + 30 * DAY > endMs && (subscribedMs ?? Infinity) >= endMs;
    if (triedMs < endMs && lastsBeyond && endedMs >= endMs) found.runningAtEnd += 1;
  }
  return found;
}
