import type { EventBody } from '../../src/core/events/schema.ts';
import type { Life } from './history.ts';

const DAY_MS = 86_400_000;

const ASKED = [
  { provider: 'vertex', model: 'veo-3.1-generate-001', kind: 'text_to_video' },
  { provider: 'vertex', model: 'veo-3.1-fast-generate-001', kind: 'image_to_video' },
  { provider: 'vertex', model: 'veo-3.1-fast-generate-001', kind: 'text_to_video' },
  { provider: 'studio', model: 'in-house', kind: 'reference_to_video' },
] as const;
const STYLES = ['cinematic', undefined] as const;

/** A generation from the request, or reported with its end, to downloads, ratings, scores and corrections. */
export function generationLife(life: Life, atMs: number): void {
  const { chance, pick, tell, user } = life;
  const asked = ASKED[pick(4)] ?? ASKED[0];
  const isReported = asked.provider === 'studio';
  const style = STYLES[pick(2)];
  const subject = { generationId: `${user}-${Math.floor(atMs)}`, ...asked, ...(style !== undefined && { style }) };
  const cell = `${asked.provider}/${isReported ? 'other' : asked.model}/${asked.kind}`;
  const askedMs = Math.floor(atMs);
  const totalMs = 20_000 + pick(isReported && chance(0.05) ? DAY_MS : 200_000);
  const endMs = askedMs + totalMs;
  if (!isReported) tell('generation.requested', askedMs, { ...subject, videosAsked: 1, priceUsdMicros: 800_000 }, cell);
  if (!isReported && chance(0.02)) return;
  const succeeded = chance(0.85);
  const ended = {
    ...{ ...subject, attempts: 1 + pick(2), queueMs: pick(5_000), renderMs: totalMs - 10_000, totalMs },
    ...{
      costUsdMicros: pick(900_000),
      wasteUsdMicros: 0,
      possibleWasteUsdMicros: 0,
      chargedCredits: succeeded ? 8 : 0,
    },
    ...{ videosDelivered: succeeded ? 1 : 0, videosBlocked: 0, videoSec: succeeded ? 8 : 0 },
    ...(isReported && { requestedAt: new Date(askedMs) }),
  };
  if (succeeded) succeeds(life, endMs, ended, subject, cell);
  else unsuccessful(life, endMs, ended, cell);
}

function succeeds(
  life: Life,
  endMs: number,
  ended: EventBody<'generation.succeeded'>,
  subject: EventBody<'generation.opened'>,
  cell: string,
): void {
  const { chance, random, tell } = life;
  tell('generation.succeeded', endMs, ended, cell);
  if (chance(0.6)) tell('generation.opened', endMs + 60_000, subject, cell);
  // Some download before the end is told, as it seems: clocks differ.
  if (chance(0.5)) tell('generation.downloaded', endMs + (random() - 0.1) * DAY_MS, subject, cell);
  judged(life, endMs, subject, ended.costUsdMicros, cell);
}

function unsuccessful(life: Life, endMs: number, ended: EventBody<'generation.cancelled'>, cell: string): void {
  const what = life.pick(4);
  if (what === 0) life.tell('generation.cancelled', endMs, ended, cell);
  if (what === 1)
    life.tell('generation.blocked', endMs, { ...ended, errorCode: 'content_blocked', fault: 'user' }, cell);
  if (what > 1)
    life.tell('generation.failed', endMs, { ...ended, errorCode: 'provider_internal', fault: 'provider' }, cell);
}

function judged(
  life: Life,
  endMs: number,
  subject: EventBody<'generation.opened'>,
  costUsdMicros: number,
  cell: string,
): void {
  const { chance, pick, random, tell } = life;
  const about = { ...subject, endedAt: new Date(endMs) };
  if (chance(0.4)) {
    const stars = 1 + Math.min(pick(6), 4);
    const ratedMs = endMs + random() * 2 * DAY_MS;
    tell('generation.rated', ratedMs, { ...about, from: null, to: stars, videoSec: 8 }, cell);
    const again = 1 + pick(5);
    if (chance(0.1))
      tell('generation.rated', ratedMs + DAY_MS, { ...about, from: stars, to: again, videoSec: 8 }, cell);
  }
  if (chance(0.5)) {
    const quality = Math.min(1_000, 450 + pick(300) + pick(300));
    tell('generation.scored', endMs + 30_000, { ...about, scorer: 'model-1', from: null, to: quality }, cell);
  }
  if (chance(0.02)) {
    const changes = [{ measure: 'costUsdMicros' as const, from: costUsdMicros, to: costUsdMicros + 1_000 }];
    tell('generation.corrected', endMs + DAY_MS, { ...about, changes }, cell);
  }
}
