import type { EventBody } from '../../src/core/events/schema.ts';
import type { RowEvent } from '../../src/core/warehouse/row.ts';
import { type ExpectedBehaviour, sum } from './behaviourExpected.ts';

const OUTCOMES = ['succeeded', 'failed', 'blocked', 'cancelled', 'expired'] as const;
const DONE = ['session.started', 'page.viewed', 'feature.used', 'generation.opened', 'generation.downloaded'];

/** What is said of one user on a day after the history, less than a year long, computed from their events one by one. */
export function expectedPerson(events: readonly RowEvent[], behaviour: ExpectedBehaviour, user: string, today: string) {
  const tomorrowMs = Date.parse(today) + 86_400_000;
  const mine = events.filter(({ userKey }) => userKey === user);
  const of = (type: string) => mine.filter((event) => event.type === type);
  const asked = mine.filter(({ type, body }) => type === 'generation.requested' || 'requestedAt' in body);
  const active = [...asked, ...mine.filter(({ type }) => DONE.includes(type))];
  const times = active.map(({ occurredAt }) => occurredAt.getTime());
  const recent = times.filter((ms) => ms >= tomorrowMs - 28 * 86_400_000);
  const ended = OUTCOMES.map((outcome) => [outcome, of(`generation.${outcome}`)] as const);
  const ends = ended.flatMap(([, those]) => those.map(({ body }) => body as EventBody<'generation.succeeded'>));
  const ratings = new Map(
    of('generation.rated')
      .sort((a, b) => a.occurredAt.getTime() - b.occurredAt.getTime())
      .map(({ body }) => body as EventBody<'generation.rated'>)
      .map(({ generationId, to }) => [generationId, to]),
  );
  const amount = (type: string) =>
    sum(of(type).map(({ body }) => (body as EventBody<'payment.succeeded'>).amountUsdMicros));
  const segment = behaviour.segmentOf(user, new Date(tomorrowMs).toISOString().slice(0, 10));
  return {
    since: new Date(tomorrowMs - 365 * 86_400_000).toISOString().slice(0, 10),
    ...(times.length > 0 && {
      firstActiveAt: new Date(Math.min(...times)).toISOString(),
      lastActiveAt: new Date(Math.max(...times)).toISOString(),
    }),
    activeDays: new Set(recent.map((ms) => Math.floor(ms / 86_400_000))).size,
    ...(segment && { segment }),
    sessions: of('session.started').length,
    generations: {
      asked: asked.length,
      ...Object.fromEntries(ended.map(([outcome, { length }]) => [outcome, length])),
    },
    models: frequent(asked.map(({ cellKey = '' }) => cellKey.split('/').slice(0, -1).join('/'))),
    kinds: frequent(asked.map(({ body }) => (body as EventBody<'generation.requested'>).kind)),
    styles: frequent(asked.map(({ body }) => (body as EventBody<'generation.requested'>).style ?? 'none')),
    features: frequent(of('feature.used').map(({ body }) => (body as EventBody<'feature.used'>).feature)),
    videos: sum(ends.map(({ videosDelivered }) => videosDelivered)),
    videoSec: sum(ends.map(({ videoSec }) => videoSec)),
    ratings: { n: ratings.size, ...(ratings.size > 0 && { mean: sum([...ratings.values()]) / ratings.size }) },
    creditsSpent: sum(ends.map(({ chargedCredits }) => chargedCredits)),
    payments: {
      n: of('payment.succeeded').length,
      paidUsdMicros: amount('payment.succeeded'),
      refundedUsdMicros: amount('payment.refunded'),
    },
  };
}

function frequent(names: string[]) {
  return [...Map.groupBy(names, (name) => name)]
    .map(([name, { length }]) => ({ name, times: length }))
    .sort((a, b) => b.times - a.times || (a.name < b.name ? -1 : 1))
    .slice(0, 10);
}
