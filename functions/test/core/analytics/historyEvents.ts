import fc from 'fast-check';
import { KINDS } from '../../../src/core/catalogue/schema.ts';
import { STYLE_IDS } from '../../../src/core/catalogue/styles.ts';
import { CORRECTED } from '../../../src/core/events/schema.ts';
import { ERROR_CODES, ERROR_RULES, TERMINAL_STATES } from '../../../src/core/generation/outcome.ts';
import type { RowEvent } from '../../../src/core/warehouse/row.ts';
import { userKey } from '../rollup/arbitrary.ts';

const MINUTE_MS = 60_000;

/** How the moments of a history lie. */
export interface Span {
  fromMs: number;
  toMs: number;
  users?: number;
}

const durationMs = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 900_000 }));
const micros = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 9_000_000 }));
const stars = fc.integer({ min: 1, max: 5 });
const afterwards = fc.oneof(
  fc.record({ what: fc.constant('rated' as const), stars }),
  fc.record({ what: fc.constant('scored' as const), score: fc.integer({ min: 0, max: 1_000 }) }),
  fc.record({
    what: fc.constant('corrected' as const),
    measures: fc.uniqueArray(fc.constantFrom(...CORRECTED), { minLength: 1, maxLength: 3 }),
    to: fc.integer({ min: 0, max: 500_000 }),
  }),
);

const generation = ({ fromMs, toMs, users = 40 }: Span) =>
  fc.record({
    requestedAt: fc.integer({ min: fromMs, max: toMs - 1 }),
    provider: fc.constantFrom('google', 'kling'),
    model: fc.constantFrom('veo', 'family/member', 'turbo'),
    kind: fc.constantFrom(...KINDS),
    style: fc.option(fc.constantFrom(...STYLE_IDS.slice(0, 3)), { nil: undefined }),
    user: fc.integer({ min: -1, max: users }),
    isReported: fc.boolean(),
    hasEnded: fc.integer({ min: 0, max: 9 }).map((n) => n > 0),
    outcome: fc.constantFrom(...TERMINAL_STATES, 'succeeded' as const, 'succeeded' as const),
    errorCode: fc.constantFrom(...ERROR_CODES),
    attempts: fc.integer({ min: 0, max: 4 }),
    queueMs: fc.option(durationMs, { nil: undefined }),
    renderMs: fc.option(durationMs, { nil: undefined }),
    storeMs: fc.option(durationMs, { nil: undefined }),
    totalMs: fc.oneof(durationMs, fc.integer({ min: 0, max: 2 * 86_400_000 })),
    ...{ costUsdMicros: micros, wasteUsdMicros: micros, possibleWasteUsdMicros: micros },
    chargedCredits: fc.nat(50),
    ...{ videosDelivered: fc.nat(4), videosBlocked: fc.nat(2), videoSec: fc.nat(32) },
    ratingStars: fc.option(stars, { nil: undefined }),
    qualityThousandths: fc.option(fc.integer({ min: 0, max: 1_000 }), { nil: undefined }),
    later: fc.array(afterwards, { maxLength: 4 }),
  });
type Drawn = ReturnType<typeof generation> extends fc.Arbitrary<infer T> ? T : never;

/** Events of generations as they can happen: ours and reported ones, rated, scored and corrected, some of which never end. */
export function historyOf(span: Span, size: { minLength: number; maxLength: number }): fc.Arbitrary<RowEvent[]> {
  return fc.array(generation(span), { ...size, size: 'max' }).map((all) => all.flatMap(eventsOf));
}

function eventsOf(drawn: Drawn, at: number): RowEvent[] {
  const { requestedAt, provider, model, kind, style, user, isReported, hasEnded, outcome, errorCode, later } = drawn;
  const generationId = `g${at}`;
  const endedAt = new Date(requestedAt + drawn.totalMs);
  const subject = { generationId, provider, model, kind, ...(style && { style }) };
  const told = { cellKey: `${provider}/${model}/${kind}`, userKey: user < 0 ? '' : userKey(user) };
  const events: RowEvent[] = [];
  const tell = (type: RowEvent['type'], occurredAt: Date, body: object) =>
    events.push({ ...told, id: `${generationId}.${events.length}`, type, occurredAt, body: body as RowEvent['body'] });
  if (!isReported || !hasEnded)
    tell('generation.requested', new Date(requestedAt), { ...subject, videosAsked: 1, priceUsdMicros: 7 });
  if (!hasEnded) return events;
  const { attempts, totalMs, wasteUsdMicros, possibleWasteUsdMicros, chargedCredits, videosBlocked } = drawn;
  const known: Record<string, number | undefined> = {
    ...{ queueMs: drawn.queueMs, renderMs: drawn.renderMs, storeMs: drawn.storeMs, totalMs },
    ...{ costUsdMicros: drawn.costUsdMicros, wasteUsdMicros, possibleWasteUsdMicros },
    ...{ videosDelivered: drawn.videosDelivered, videoSec: drawn.videoSec },
  };
  let [rating, score] = isReported ? [drawn.ratingStars, drawn.qualityThousandths] : [undefined, undefined];
  const hasError = outcome === 'failed' || outcome === 'blocked' || outcome === 'expired';
  tell(`generation.${outcome}`, endedAt, {
    ...withoutUndefined({ ...subject, ...known, attempts, chargedCredits, videosBlocked }),
    ...(hasError && { errorCode, fault: ERROR_RULES[errorCode].fault }),
    ...(isReported && withoutUndefined({ requestedAt: new Date(requestedAt), ratingStars: rating })),
    ...(isReported && withoutUndefined({ qualityThousandths: score })),
  });
  for (const [i, change] of later.entries()) {
    const when = new Date(endedAt.getTime() + (i + 1) * 700 * MINUTE_MS);
    const about = { ...subject, endedAt };
    if (change.what === 'rated') {
      tell('generation.rated', when, { ...about, from: rating ?? null, to: change.stars, videoSec: known.videoSec });
      rating = change.stars;
    } else if (change.what === 'scored') {
      tell('generation.scored', when, { ...about, scorer: 'x', from: score ?? null, to: change.score });
      score = change.score;
    } else {
      const changes = change.measures.map((measure) => ({ measure, from: known[measure] ?? null, to: change.to }));
      const stands = rating !== undefined && { ratingStars: rating };
      tell('generation.corrected', when, { ...about, changes, ...stands });
      for (const measure of change.measures) known[measure] = change.to;
    }
  }
  return events;
}

const withoutUndefined = (value: object) =>
  Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined));
