import { encodeCells } from '../../functions/src/core/rollup/codec.ts';
import type { RollupEvent } from '../../functions/src/core/rollup/contribution.ts';
import { foldEvents } from '../../functions/src/core/rollup/fold.ts';
import { mergePartials } from '../../functions/src/core/rollup/merge.ts';
import { generations } from './generations.ts';

const NOW_MS = Date.UTC(2026, 10, 21, 12);
const DAY_MS = 86_400_000;
const ZONES = ['America/New_York', 'Asia/Kathmandu'];
const ROUNDS = 3;

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
