import { setTimeout as sleep } from 'node:timers/promises';
import type { Output } from '../../core/generation/state.ts';
import { now } from '../../platform/clock.ts';
import { logOf } from '../../platform/logs.ts';
import { readObject, saveObject } from '../../platform/storage.ts';
import { posterOf, type ReadBytes } from '../poster/index.ts';

const log = logOf('generation.poster');

/** How long the end of a generation waits for its posters. */
const LIMIT_MS = 5_000;

/** A settle this late has been tried before, and perhaps died of the decoder: it does without. */
const LATEST_AFTER_RENDER_MS = 120_000;

/** Read at once: holds the index and often the first keyframe too. */
const HEAD_BYTES = 512 * 1_024;

/**
 * Makes a still of a stored video and keeps it beside it; answers its object name. Undefined, and logged, when that fails,
 * takes longer than 5 s or comes later than 2 min after the render: a video without a poster is a video all the same.
 */
export async function makePoster(output: Output, renderedAt: Date): Promise<string | undefined> {
  if (now().getTime() - renderedAt.getTime() > LATEST_AFTER_RENDER_MS) return undefined;
  const done = new AbortController();
  try {
    const late = sleep(LIMIT_MS, undefined, { signal: done.signal });
    const tooLate = late.then(() => Promise.reject(new Error(`not made in ${LIMIT_MS} ms`)));
    return await Promise.race([save(output), tooLate]);
  } catch (error) {
    log.warn('no poster', { path: output.path, error: String(error) });
    return undefined;
  } finally {
    done.abort();
  }
}

async function save(output: Output): Promise<string> {
  const path = output.path.replace(/\.mp4$/, '.jpg');
  await saveObject(path, await posterOf(await reader(output)), 'image/jpeg');
  return path;
}

/** Reads the stored video: what lies in its head from memory, the rest by range. */
async function reader({ path, sizeBytes }: Output): Promise<ReadBytes> {
  const head = await readObject(path, 0, Math.min(HEAD_BYTES, sizeBytes));
  return async (offset, lengthBytes) => {
    const length = Math.min(lengthBytes, sizeBytes - offset);
    if (length <= 0) return Buffer.alloc(0);
    if (offset + length <= head.length) return head.subarray(offset, offset + length);
    return readObject(path, offset, length);
  };
}
