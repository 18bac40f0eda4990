import { MODELS } from '../../functions/src/core/catalogue/models.ts';
import { KINDS } from '../../functions/src/core/catalogue/schema.ts';
import { STYLE_IDS } from '../../functions/src/core/catalogue/styles.ts';
import { userKeyOf } from '../../functions/src/core/events/draft.ts';
import { EVENT_BODIES } from '../../functions/src/core/events/schema.ts';
import { encodeCells } from '../../functions/src/core/rollup/codec.ts';
import type { RollupEvent } from '../../functions/src/core/rollup/contribution.ts';
import { foldEvents } from '../../functions/src/core/rollup/fold.ts';
import { mergePartials } from '../../functions/src/core/rollup/merge.ts';

const NOW_MS = Date.UTC(2026, 10, 21, 12);
const DAY_MS = 86_400_000;
const ZONES = ['America/New_York', 'Asia/Kathmandu'];
/** Users, of whom some ask for much more than others. */
const USERS = Array.from({ length: 5_000 }, (_, user) => userKeyOf(String(user)));
const ROUNDS = 3;

/** A generator of numbers in [0, 1) that gives the same ones in every run (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Events of reported generations, in the order of the log: each tells an arrival and an end. Renders take about a minute. */
function generations(n: number, fromMs: number, toMs: number): RollupEvent[] {
  const random = randomOf(1);
  const pick = <T>(list: readonly T[]) => list[Math.floor(random() ** 2 * list.length)] as T;
  const spread = () => Math.exp(0.6 * (random() + random() + random() + random() - 2) * Math.sqrt(3));
  const events = Array.from({ length: n }, (): RollupEvent => {
    const { provider, id: model } = pick(MODELS);
    const [kind, style] = [pick(KINDS), pick(STYLE_IDS)];
    const [queueMs, renderMs, storeMs] = [2_000, 60_000, 800].map((typical) => Math.round(typical * spread()));
    const totalMs = (queueMs ?? 0) + (renderMs ?? 0) + (storeMs ?? 0);
    const requestedMs = fromMs + Math.floor(random() * (toMs - fromMs - totalMs));
    const failed = random() < 0.06;
    const body = {
      ...{ generationId: 'g', provider, model, kind, style, requestedAt: new Date(requestedMs) },
      ...{ attempts: random() < 0.05 ? 2 : 1, queueMs, renderMs, totalMs, chargedCredits: 0, videosBlocked: 0 },
      ...{ costUsdMicros: 400_000 + 100_000 * Math.floor(random() * 20), wasteUsdMicros: 0, possibleWasteUsdMicros: 0 },
      ...(failed
        ? { videosDelivered: 0, videoSec: 0, errorCode: 'provider_internal', fault: 'provider' }
        : { videosDelivered: 1, videoSec: 8, storeMs, qualityThousandths: Math.floor(600 + 400 * random()) }),
    };
    const type = failed ? 'generation.failed' : 'generation.succeeded';
    return {
      type,
      occurredAt: new Date(requestedMs + totalMs),
      cellKey: `${provider}/${model}/${kind}`,
      userKey: pick(USERS),
      body: EVENT_BODIES[type].parse(body),
    };
  });
  return events.sort((a, b) => a.occurredAt.getTime() - b.occurredAt.getTime());
}

/** The best of some rounds, in events a second. */
function eventsPerSec(events: number, fold: () => unknown): number {
  const rounds = Array.from({ length: ROUNDS }, () => {
    const before = performance.now();
    fold();
    return performance.now() - before;
  });
  return (1_000 * events) / Math.min(...rounds);
}

const options = { zones: ZONES, nowMs: NOW_MS };
const line = (what: string, perSec: number) => {
  console.log(`${what.padEnd(64)} ${Math.round(perSec).toLocaleString('en-US').padStart(10)} events/s`);
};

/** The same events several times over: a log is read as a stream and never stands in memory as a whole. */
function* repeated(events: readonly RollupEvent[], times: number): Generator<RollupEvent> {
  for (let time = 0; time < times; time++) yield* events;
}

const oneDay = generations(100_000, NOW_MS - 10 * DAY_MS, NOW_MS - 9 * DAY_MS);
line(
  '1,000,000 generations of one day (100,000, ten times)',
  eventsPerSec(1_000_000, () => foldEvents(repeated(oneDay, 10), options)),
);
line(
  '100,000 generations of one day',
  eventsPerSec(100_000, () => foldEvents(oneDay, options)),
);

const quarter = generations(2_000, NOW_MS - 10 * DAY_MS, NOW_MS - 10 * DAY_MS + 900_000);
line(
  '1,000,000 generations of a quarter of an hour (2,000, 500 times)',
  eventsPerSec(1_000_000, () => foldEvents(repeated(quarter, 500), options)),
);

const tick = generations(2_000, NOW_MS - 60_000, NOW_MS);
line(
  '2,000 generations of the last minute: one tick',
  eventsPerSec(2_000, () => foldEvents(tick, options)),
);

const documents = [...foldEvents(oneDay, options).documents.values()];
const start = performance.now();
const bytes = documents.reduce((sum, { cells }) => sum + encodeCells(cells).length, 0);
const encodeMs = performance.now() - start;
console.log(
  `the ${documents.length} documents of that day: ${(bytes / 2 ** 20).toFixed(1)} MiB, encoded in ${encodeMs.toFixed(0)} ms`,
);

const partial = foldEvents(tick, options);
const mergeMs = 1_000 / eventsPerSec(1, () => mergePartials(partial, partial));
console.log(`the ${partial.documents.size} documents of that tick: merged in ${mergeMs.toFixed(1)} ms`);
