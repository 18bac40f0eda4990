import type { Life } from './history.ts';

const DAY_MS = 86_400_000;

/** Plans with what they cost for some months at once; a year's price is no multiple of twelve. */
const PLANS = [
  { plan: 'basic', amountUsdMicros: 9_990_000, months: 1 },
  { plan: 'pro', amountUsdMicros: 29_000_000, months: 1 },
  { plan: 'pro', amountUsdMicros: 299_990_005, months: 12 },
  { plan: 'trial-offer', amountUsdMicros: 0, months: 3 },
] as const;

/** A trial perhaps, then subscriptions that begin, change, end and begin again, with their payments. */
export function moneyLife(life: Life, bornMs: number): void {
  const { chance, pick, random, tell } = life;
  let atMs = bornMs + random() * 12 * DAY_MS;
  if (chance(0.7)) {
    tell('trial.started', atMs, { plan: 'pro' });
    if (chance(0.1)) tell('trial.started', atMs + 5 * DAY_MS, { plan: 'basic' });
    if (chance(0.3)) return;
    // Some subscribe just when the 30 days are over, some at once.
    atMs += chance(0.1) ? 30 * DAY_MS : chance(0.1) ? 0 : random() * 45 * DAY_MS;
  }
  for (let n = 1 + pick(3); n > 0; n--) atMs = subscription(life, atMs) + random() * 50 * DAY_MS;
  if (chance(0.1)) single(life, bornMs + random() * 20 * DAY_MS);
}

/** Answers when it ended. */
function subscription(life: Life, startMs: number): number {
  const { chance, pick, random, tell } = life;
  let plan = PLANS[pick(4)] ?? PLANS[0];
  tell('subscription.started', startMs, plan);
  const endMs = startMs + (chance(0.3) ? 200 : random() * 90) * DAY_MS;
  let nextChangeMs = startMs + (chance(0.1) ? 0 : random() * 80 * DAY_MS);
  for (let atMs = startMs; atMs < endMs; atMs += 30 * plan.months * DAY_MS) {
    if (nextChangeMs < Math.min(endMs, atMs + 30 * DAY_MS)) {
      const { plan: fromPlan } = plan;
      plan = PLANS[pick(4)] ?? PLANS[0];
      tell('subscription.changed', nextChangeMs, { ...plan, fromPlan });
      nextChangeMs += random() * 80 * DAY_MS;
    }
    if (plan.amountUsdMicros > 0) paid(life, atMs + random() * 3_600_000, plan.amountUsdMicros);
  }
  const { plan: last } = plan;
  if (chance(0.9)) tell('subscription.cancelled', endMs, { plan: last, ...(chance(0.5) && { reason: 'price' }) });
  if (chance(0.05)) tell('subscription.cancelled', endMs, { plan: last });
  return endMs;
}

function paid({ chance, random, tell, user }: Life, atMs: number, amountUsdMicros: number): void {
  const paymentId = `${user}-${Math.floor(atMs)}`;
  tell('payment.succeeded', atMs, { paymentId, amountUsdMicros });
  if (!chance(0.12)) return;
  const half = Math.floor(amountUsdMicros / 2);
  const refundMs = atMs + random() * 10 * DAY_MS;
  tell('payment.refunded', refundMs, { paymentId, amountUsdMicros: half });
  if (chance(0.4)) tell('payment.refunded', refundMs + 1_000, { paymentId, amountUsdMicros: amountUsdMicros - half });
}

const single = (life: Life, atMs: number) => paid(life, atMs, 3_000_000);
