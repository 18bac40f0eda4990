import fc from 'fast-check';
import { KINDS } from '../../../src/core/catalogue/schema.ts';
import { STYLE_IDS } from '../../../src/core/catalogue/styles.ts';
import { CORRECTED, EVENT_TYPES, type EventType, parseEvent } from '../../../src/core/events/schema.ts';
import { ERROR_CODES } from '../../../src/core/generation/outcome.ts';
import { sha256 } from '../../../src/core/hash.ts';
import type { RollupEvent } from '../../../src/core/rollup/contribution.ts';

/** The moment at which the tests fold. */
export const NOW = new Date('2026-11-21T12:00:00Z');
const DAY_MS = 86_400_000;

/** Moments of the last days, and some so old that little is kept of them. */
const moment = fc
  .oneof(
    { weight: 4, arbitrary: fc.integer({ min: 0, max: 4 * DAY_MS }) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 200 * DAY_MS }) },
  )
  .map((agoMs) => new Date(NOW.getTime() - agoMs));

const durationMs = fc.oneof(
  fc.constant(0),
  fc.integer({ min: 0, max: 600_000 }),
  fc.integer({ min: 0, max: 31 * DAY_MS }),
);
const micros = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 5_000_000 }), fc.integer({ min: 0, max: 1e12 }));
const small = fc.integer({ min: 0, max: 60 });
const stars = fc.integer({ min: 1, max: 5 });
const thousandths = fc.integer({ min: 0, max: 1_000 });
const provider = fc.constantFrom('google', 'kling', 'other');
const subject = {
  generationId: fc.constantFrom('a', 'b', 'c'),
  provider,
  model: fc.constantFrom('veo-3.1', 'kling-2', 'ünï'),
  kind: fc.constantFrom(...KINDS),
  style: fc.option(fc.constantFrom(...STYLE_IDS), { nil: undefined }),
};
const ended = {
  ...subject,
  attempts: fc.integer({ min: 0, max: 4 }),
  queueMs: fc.option(durationMs, { nil: undefined }),
  renderMs: fc.option(durationMs, { nil: undefined }),
  storeMs: fc.option(durationMs, { nil: undefined }),
  totalMs: durationMs,
  costUsdMicros: micros,
  wasteUsdMicros: micros,
  possibleWasteUsdMicros: micros,
  chargedCredits: small,
  videosDelivered: small,
  videosBlocked: small,
  videoSec: small,
  requestedAt: fc.option(moment, { nil: undefined }),
  ratingStars: fc.option(stars, { nil: undefined }),
  qualityThousandths: fc.option(thousandths, { nil: undefined }),
};
const unsuccessful = {
  ...ended,
  errorCode: fc.constantFrom(...ERROR_CODES),
  fault: fc.constantFrom('user', 'provider', 'house'),
};
const afterwards = { ...subject, endedAt: moment };
const change = fc.record({
  measure: fc.constantFrom(...CORRECTED),
  from: fc.option(micros),
  to: micros,
});

const bodies: Partial<Record<EventType, fc.Arbitrary<object>>> = {
  'generation.requested': fc.record({ ...subject, videosAsked: small, priceUsdMicros: micros }),
  'generation.submitted': fc.record({ ...subject, attempt: small, queueMs: durationMs }),
  'generation.succeeded': fc.record(ended),
  'generation.failed': fc.record(unsuccessful),
  'generation.blocked': fc.record(unsuccessful),
  'generation.expired': fc.record(unsuccessful),
  'generation.cancelled': fc.record(ended),
  'generation.rated': fc.record({ ...afterwards, from: fc.option(stars), to: stars, videoSec: small }),
  'generation.scored': fc.record({
    ...afterwards,
    scorer: fc.constant('judge'),
    from: fc.option(thousandths),
    to: thousandths,
  }),
  'generation.corrected': fc.record({
    ...afterwards,
    changes: fc.array(change, { minLength: 1, maxLength: 3 }),
    ratingStars: fc.option(stars, { nil: undefined }),
  }),
  'generation.opened': fc.record(subject),
  'page.viewed': fc.record({ page: fc.constant('/studio') }),
};

const ofType = ([type, body]: [string, fc.Arbitrary<object>]) =>
  fc.record({
    type: fc.constant(type),
    body: body.map(withoutUndefined),
    occurredAt: moment,
    user: fc.integer({ min: -1, max: 3_000 }),
  });

/** Any event that the schema accepts, of the types that matter here and of some that do not. */
export const event: fc.Arbitrary<RollupEvent> = fc
  .oneof(...Object.entries(bodies).map(ofType))
  .map(({ type, body, occurredAt, user }) =>
    rollupEvent({
      ...{ id: 'event', type, occurredAt, shard: 0 },
      ...('provider' in body && { cellKey: `${body.provider}/model-${user % 5}/text_to_video` }),
      userKey: user < 0 ? '' : userKey(user),
      body,
    }),
  );

/** The key of a made-up user. */
export const userKey = (user: number): string => sha256('user', String(user)).slice(0, 32);

/** Refuses what the schema refuses, so that the tests never fold what cannot be recorded. */
function rollupEvent(value: { type: string } & Record<string, unknown>): RollupEvent {
  assertKnown(value.type);
  const { cellKey, ...parsed } = parseEvent(value);
  return { ...parsed, ...(cellKey !== undefined && { cellKey }), body: parsed.body as RollupEvent['body'] };
}

function assertKnown(type: string): asserts type is EventType {
  if (!EVENT_TYPES.some((known) => known === type)) throw new Error(`no such type: ${type}`);
}

function withoutUndefined(value: object): object {
  return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined));
}
