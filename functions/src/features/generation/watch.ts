import type { Model } from '../../core/catalogue/schema.ts';
import type { Command } from '../../core/generation/decision.ts';
import { SUBMIT_LEASE_MS } from '../../core/generation/schedule.ts';
import type { Attempt, Generation, RenderedVideo } from '../../core/generation/state.ts';
import { attemptFailed, type Polled, rendered } from '../../core/generation/transitions/render.ts';
import { submitUncertain } from '../../core/generation/transitions/submit.ts';
import { now } from '../../platform/clock.ts';
import { logOf } from '../../platform/logs.ts';
import { gcsUri, listObjects, pathOf } from '../../platform/storage.ts';
import { renderTimeOf } from './renderTime.ts';

/** More than Vertex AI writes for one attempt. */
const MAX_FILES = 20;
/** How long an attempt's place may stay out of reach, counted from its beginning. */
const LOOK_DEADLINE_MS = 3_600_000;

const log = logOf('generation.watch');

/**
 * Decides about an attempt of which nobody knows whether the provider took it: a video below its storage prefix is its
 * result; none by the time the model's slowest renders are over means that there will be none. Undefined: wait on.
 */
export async function watch(
  generation: Generation,
  attempt: Attempt,
  model: Model,
  polled: Polled,
): Promise<Command | undefined> {
  const { asked } = generation;
  const elapsedMs = now().getTime() - attempt.startedAt.getTime();
  if (!attempt.uncertain && elapsedMs < SUBMIT_LEASE_MS) return undefined;
  const watchMs = Math.max(SUBMIT_LEASE_MS, (await renderTimeOf(model)).p99);
  const videos = await foundVideos(attempt, asked.videos);
  if (videos.length === asked.videos || (videos.length > 0 && elapsedMs >= watchMs)) {
    return rendered(attempt.number, { videos, videosBlocked: 0, blockReasons: [] }, polled);
  }
  if (!attempt.uncertain)
    return submitUncertain(attempt.number, { code: 'submit_uncertain', detail: 'no answer kept' });
  if (elapsedMs < watchMs) return undefined;
  const detail = attempt.uncertain.detail;
  return attemptFailed(
    attempt.number,
    { code: 'submit_uncertain', ...(detail !== undefined && { detail }) },
    [],
    polled,
  );
}

/**
 * The MP4 files that the provider wrote for this attempt, at most as many as were asked for. Throws while its place cannot be
 * looked at; after an hour of that, none counts as found, so that the attempt comes to an end.
 */
export async function foundVideos(attempt: Attempt, limit: number): Promise<RenderedVideo[]> {
  const prefix = pathOf(attempt.storageUri);
  const paths = prefix === undefined ? [] : await listed(prefix, attempt);
  const videos = paths.filter((path) => path.endsWith('.mp4')).slice(0, limit);
  return videos.map((path) => ({ gcsUri: gcsUri(path), mimeType: 'video/mp4' }));
}

async function listed(prefix: string, attempt: Attempt): Promise<string[]> {
  try {
    return await listObjects(prefix, MAX_FILES);
  } catch (error) {
    if (now().getTime() - attempt.startedAt.getTime() < LOOK_DEADLINE_MS) throw error;
    log.error('an attempt ends without a look at its place', error, { attempt: attempt.number });
    return [];
  }
}
