import type { GenerateVideosOperation } from '@google/genai';
import type { RenderedVideo } from '../../core/generation/state.ts';
import { vertexVideos } from '../../platform/genai.ts';
import type { PollResult } from '../provider.ts';
import { classifyOperationError, classifyPollError } from './errors.ts';
import { blockReasonsOf } from './safety.ts';

/** Asks once how a prediction is doing. */
export async function poll(operation: string): Promise<PollResult> {
  try {
    const { client, operation: named } = await vertexVideos();
    return interpret(await client.operations.getVideosOperation({ operation: named(operation) }));
  } catch (error) {
    return classifyPollError(error);
  }
}

/** Done with no error and no video is a block when something was filtered, else a failure; never a success. */
function interpret(operation: GenerateVideosOperation): PollResult {
  if (operation.error) return classifyOperationError(operation.error);
  if (!operation.done) return { type: 'running' };
  const { generatedVideos = [], raiMediaFilteredCount = 0, raiMediaFilteredReasons = [] } = operation.response ?? {};
  const blockReasons = blockReasonsOf(raiMediaFilteredReasons);
  const videos: RenderedVideo[] = generatedVideos.flatMap(({ video }) =>
    video?.uri ? [{ gcsUri: video.uri, mimeType: video.mimeType ?? 'video/mp4' }] : [],
  );
  if (videos.length > 0) return { type: 'done', videos, videosBlocked: raiMediaFilteredCount, blockReasons };
  if (raiMediaFilteredCount > 0 || blockReasons.length > 0) {
    return { type: 'failed', error: { code: 'content_blocked' }, blockReasons };
  }
  return { type: 'failed', error: { code: 'no_output' }, blockReasons };
}
