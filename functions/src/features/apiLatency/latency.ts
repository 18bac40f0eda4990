import { Sketch } from '../../core/rollup/sketch.ts';
import { latenciesBetween, type StoredLatency, saveLatency } from '../../platform/apiLatency.ts';
import { perApp } from '../../platform/app.ts';
import { now } from '../../platform/clock.ts';
import { logOf } from '../../platform/logs.ts';
import { randomHex } from '../../platform/random.ts';

const log = logOf('apiLatency');

const MINUTE_MS = 60_000;
/** How often an instance writes what it has measured. */
const WRITE_EVERY_MS = 30_000;
const KEPT_MS = 2 * 60 * MINUTE_MS;
const KEPT_UNWRITTEN_MS = 10 * MINUTE_MS;
/** Relative accuracy of the quantiles. */
const ACCURACY = 0.01;

/** What this instance has measured and nobody else knows yet. */
const measured = perApp(() => ({
  instance: randomHex(4),
  minutes: new Map<number, Sketch>(),
  writtenAtMs: now().getTime(),
}));

/** Counts a request that took `durationMs` of real time; every 30 s one of them waits until that is written. Never rejects. */
export async function noteLatency(durationMs: number): Promise<void> {
  const mine = measured();
  const atMs = now().getTime();
  const minuteMs = Math.floor(atMs / MINUTE_MS) * MINUTE_MS;
  const sketch = mine.minutes.get(minuteMs) ?? new Sketch(ACCURACY);
  mine.minutes.set(minuteMs, sketch);
  sketch.add(Math.max(0, Math.round(durationMs)));
  if (atMs - mine.writtenAtMs < WRITE_EVERY_MS) return;
  mine.writtenAtMs = atMs;
  // While nothing can be written only what will still be read is kept.
  for (const each of mine.minutes.keys()) if (each < minuteMs - KEPT_UNWRITTEN_MS) mine.minutes.delete(each);
  try {
    await Promise.all([...mine.minutes].map(([each, known]) => write(each, mine.instance, known)));
    for (const each of mine.minutes.keys()) if (each < minuteMs) mine.minutes.delete(each);
  } catch (error) {
    // A measurement must not make a request fail; what is not written now is written with the next.
    log.error('could not write', error);
  }
}

function write(minuteMs: number, instance: string, sketch: Sketch): Promise<void> {
  const bins = sketch.bins().flatMap(({ index, count }) => [index, count]);
  return saveLatency(minuteMs, instance, { zeros: sketch.zeros, bins }, new Date(minuteMs + KEPT_MS));
}

/** How long all requests took from one minute up to, and not with, another: ms. */
export async function latencyBetween(fromMs: number, toMs: number): Promise<Sketch> {
  const sum = new Sketch(ACCURACY);
  for (const stored of await latenciesBetween(fromMs, toMs)) sum.merge(sketchOf(stored));
  return sum;
}

function sketchOf({ zeros, bins }: StoredLatency): Sketch {
  const sketch = new Sketch(ACCURACY);
  if (zeros > 0) sketch.add(0, zeros);
  for (let at = 0; at + 1 < bins.length; at += 2) sketch.addToBin(bins[at] ?? 0, bins[at + 1] ?? 0);
  return sketch;
}
