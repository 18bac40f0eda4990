import type { Command } from '../../core/generation/decision.ts';
import {
  currentAttempt,
  type Generation,
  isTerminal,
  type Output,
  type RenderedVideo,
} from '../../core/generation/state.ts';
import { stored, storeFailed } from '../../core/generation/transitions/render.ts';
import { now } from '../../platform/clock.ts';
import { logOf } from '../../platform/logs.ts';
import { copyObject, deleteObject, listObjects, pathOf, sizeOf } from '../../platform/storage.ts';
import { apply } from './apply.ts';
import { enqueuePending, isDue, type StepTask } from './enqueue.ts';
import { findStored } from './load.ts';
import { makePoster } from './poster.ts';
import { foundVideos } from './watch.ts';

const log = logOf('generation.settle');

/** How long storing may keep failing before the generation ends without its videos. */
const STORE_DEADLINE_MS = 3_600_000;
/** More than any provider makes in one attempt. */
const MAX_VIDEOS = 20;

/** Takes what the provider made into the user's own place, then ends the generation. Safe to repeat at any point. */
export async function settle(task: StepTask): Promise<void> {
  const found = await findStored(task.generationId);
  if (!found) return;
  const { generation } = found;
  const attempt = currentAttempt(generation);
  if (!isDue(task, generation)) {
    // The delivery that ended it may have been cut off before it had tidied up.
    if (generation.state === 'succeeded' && attempt) await removeStaged(await foundVideos(attempt, MAX_VIDEOS));
    return enqueuePending(generation);
  }
  const videos = generation.rendered ?? [];
  if (!attempt) throw new Error(`generation ${generation.id} has nothing to store`);
  const { generation: settled } = await apply(found, await storing(generation, attempt.number, videos));
  if (settled.state === 'succeeded') await removeStaged(videos);
  if (isTerminal(settled.state) && (settled.state !== 'succeeded' || settled.deletedAt)) await removeCopies(settled);
  log.info('settled', { generationId: generation.id, state: settled.state });
}

/** What storing the videos comes to. Throws for trouble that may pass, until it has lasted an hour. */
async function storing(generation: Generation, attemptNumber: number, videos: RenderedVideo[]): Promise<Command> {
  try {
    const outputs = await Promise.all(videos.map((video, index) => store(generation, video, index)));
    const complete = outputs.filter((output) => output !== undefined);
    if (complete.length === outputs.length && complete.length > 0) return stored(attemptNumber, complete);
    return storeFailed(attemptNumber, {
      code: 'storage_failed',
      detail: 'a rendered video is gone, empty or elsewhere',
    });
  } catch (error) {
    const lastedMs = now().getTime() - (generation.renderedAt ?? generation.requestedAt).getTime();
    if (lastedMs < STORE_DEADLINE_MS) throw error;
    log.error('storing given up', error, { generationId: generation.id });
    return storeFailed(attemptNumber, { code: 'storage_failed', detail: String(error) });
  }
}

/** Copies one video; undefined when it is neither where the provider put it nor where we want it. */
async function store(generation: Generation, video: RenderedVideo, index: number): Promise<Output | undefined> {
  const source = pathOf(video.gcsUri);
  if (source === undefined) return undefined;
  const path = `${placeOf(generation)}${index}.mp4`;
  await copyObject(source, path, video.mimeType);
  const sizeBytes = await sizeOf(path);
  if (!sizeBytes) return undefined;
  const output: Output = { path, mimeType: video.mimeType, sizeBytes };
  const posterPath = await makePoster(output, generation.renderedAt ?? generation.requestedAt);
  return posterPath === undefined ? output : { ...output, posterPath };
}

/** Where the videos of a generation are kept. */
const placeOf = ({ uid, id }: Generation): string => `videos/${uid}/${id}/`;

/**
 * Deletes what was copied for a generation that was ended, or even deleted, while that went on: its clean-up may have been
 * here before.
 */
async function removeCopies(generation: Generation): Promise<void> {
  for (const path of await listObjects(placeOf(generation), 2 * MAX_VIDEOS)) await deleteObject(path);
}

async function removeStaged(videos: readonly RenderedVideo[]): Promise<void> {
  try {
    const paths = videos.flatMap((video) => pathOf(video.gcsUri) ?? []);
    await Promise.all(paths.map(deleteObject));
  } catch (error) {
    // The user's copy is safe; a staged file left behind costs storage and nothing else.
    log.error('staged videos not deleted', error);
  }
}
