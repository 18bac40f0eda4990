import { seededRandom } from '../../../local/demo/random.ts';
import type { EventBody, EventType } from '../../src/core/events/schema.ts';
import type { RowEvent } from '../../src/core/warehouse/row.ts';
import { generationLife } from './historyGenerations.ts';
import { moneyLife } from './historyMoney.ts';

const DAY_MS = 86_400_000;
/** Monday 2025-06-02, so that 200 days touch 29 weeks and 7 months. */
export const HISTORY_START_MS = Date.parse('2025-06-02T00:00:00Z');
export const HISTORY_DAYS = 200;
/** The last day is not over. */
export const HISTORY_END_MS = HISTORY_START_MS + HISTORY_DAYS * DAY_MS - 5 * 3_600_000;

/** One user's life as it is being told. */
export interface Life {
  user: string;
  random: () => number;
  /** A number from 0 up to, and not with, `n`. */
  pick(n: number): number;
  chance(p: number): boolean;
  /** Tells an event, unless it lies outside the history. */
  tell<T extends EventType>(type: T, atMs: number, body: EventBody<T>, cellKey?: string): void;
}

const CHANNELS = ['search', 'social', 'referral'];
const PAGES = ['/', '/studio', '/pricing'];
const CATEGORIES = ['billing', 'quality', undefined];

/**
 * A product's history of 200 days: users with sessions, features, generations, ratings and scores, trials, payments, refunds, changes
 * of plan, cancellations and returns, and tickets; with the odd cases that a log has: events at the very moment of another or at
 * midnight, of nobody, of users who never signed up or did so twice. The same seed gives the same history.
 */
export function productHistory(users = 260, seed = 11): RowEvent[] {
  const random = seededRandom(seed);
  const events: RowEvent[] = [];
  for (let at = 0; at < users; at++) live(lifeOf(`user-${String(at).padStart(3, '0')}`, random, events));
  ofNobody(lifeOf('', random, events));
  return events;
}

function lifeOf(user: string, random: () => number, events: RowEvent[]): Life {
  const pick = (n: number) => Math.floor(random() * n);
  return {
    ...{ user, random, pick, chance: (p) => random() < p },
    tell(type, atMs, body, cellKey) {
      // Now and then something happens at midnight to the millisecond.
      const ms =
        random() < 0.05 && !type.startsWith('generation.') ? Math.floor(atMs / DAY_MS) * DAY_MS : Math.floor(atMs);
      if (ms < HISTORY_START_MS || ms > HISTORY_END_MS) return;
      const id = `${pick(0x7fffffff).toString(16)}.${events.length}`;
      events.push({
        id,
        type,
        occurredAt: new Date(ms),
        userKey: user,
        body,
        ...(cellKey !== undefined && { cellKey }),
      });
    },
  };
}

function live(life: Life): void {
  const { chance, pick, random, tell } = life;
  const bornMs = HISTORY_START_MS + (random() * HISTORY_DAYS - 10) * DAY_MS;
  const channel = CHANNELS[pick(4)];
  if (chance(0.92)) tell('signup', bornMs, { ...(channel !== undefined && { channel }) });
  if (chance(0.05)) tell('signup', bornMs + random() * 40 * DAY_MS, { channel: 'again' });
  const keenness = random();
  const leavesMs = bornMs + (keenness > 0.7 ? HISTORY_DAYS : 1 + random() * 60) * DAY_MS;
  for (let dayMs = bornMs; dayMs < Math.min(leavesMs, HISTORY_END_MS); dayMs += DAY_MS) {
    if (!chance(dayMs === bornMs ? 0.9 : 0.05 + keenness * 0.4)) continue;
    activeDay(life, dayMs);
  }
  if (chance(0.5)) moneyLife(life, bornMs);
  if (chance(0.3)) tickets(life, bornMs);
}

function activeDay(life: Life, dayMs: number): void {
  const { chance, pick, random, tell, user } = life;
  const atMs = dayMs + random() * DAY_MS * 0.3;
  tell('session.started', atMs, { sessionId: `${user}-${Math.floor(atMs)}` });
  for (let n = pick(3); n > 0; n--) tell('feature.used', atMs + random() * 3_600_000, { feature: feature(life) });
  if (chance(0.3)) tell('page.viewed', atMs + 1_000, { page: PAGES[pick(3)] ?? '/' });
  for (let n = pick(3); n > 0; n--) generationLife(life, atMs + random() * 7_200_000);
}

/** Few are used much and many little: more than are kept of a month. */
const feature = ({ random }: Life) => `feature-${String(Math.floor(70 * random() ** 3)).padStart(2, '0')}`;

function tickets({ chance, pick, random, tell, user }: Life, bornMs: number): void {
  for (let n = 0; n < 2; n++) {
    const ticketId = `${user}-ticket-${n}`;
    const category = CATEGORIES[pick(3)];
    const about = { ticketId, ...(category !== undefined && { category }) };
    let atMs = bornMs + random() * 120 * DAY_MS;
    const statuses = chance(0.2) ? ['opened', 'opened', 'closed', 'opened', 'closed'] : ['opened', 'closed', 'closed'];
    if (chance(0.1)) statuses.unshift('closed');
    for (const status of statuses as ('opened' | 'closed')[]) {
      tell('support.ticket', atMs, { ...about, status });
      atMs += chance(0.1) ? 0 : random() * 12 * DAY_MS;
      if (chance(0.1)) break;
    }
  }
}

/** What nobody in particular did. */
function ofNobody({ random, tell }: Life): void {
  for (let n = 0; n < 60; n++) {
    const atMs = HISTORY_START_MS + random() * HISTORY_DAYS * DAY_MS;
    tell('feature.used', atMs, { feature: 'feature-00' });
    if (n % 3 === 0) tell('payment.succeeded', atMs, { paymentId: `nobody-${n}`, amountUsdMicros: 5_000_000 });
    if (n % 6 === 0) tell('payment.refunded', atMs + 1_000, { paymentId: `nobody-${n}`, amountUsdMicros: 1_250_000 });
    if (n % 10 === 0) tell('subscription.started', atMs, { plan: 'pro', amountUsdMicros: 9_000_000, months: 1 });
    if (n % 10 === 0) tell('signup', atMs, {});
  }
}
