import type { Job } from './jobs.ts';
import { sampleVideo, VIDEO_MIME_TYPE } from './media.ts';

const RESPONSE_TYPE = 'type.googleapis.com/cloud.ai.large_models.vision.GenerateVideoResponse';

/** The long-running operation of a job as `fetchPredictOperation` answers it; `done` is absent while it runs. */
export async function operationOf(job: Job): Promise<Record<string, unknown>> {
  const { operation: name, result } = job;
  if (!result || job.outcome === 'never') return { name };
  if (result.kind === 'error') {
    return { name, done: true, error: { code: result.code, message: result.message } };
  }
  const { videoUris = [], inlineVideos = 0, filteredReasons = [] } = result;
  const videos: Record<string, string>[] = videoUris.map((gcsUri) => ({ gcsUri, mimeType: VIDEO_MIME_TYPE }));
  if (inlineVideos > 0) {
    const bytesBase64Encoded = (await sampleVideo(job)).toString('base64');
    videos.push(...Array(inlineVideos).fill({ bytesBase64Encoded, mimeType: VIDEO_MIME_TYPE }));
  }
  const response = {
    '@type': RESPONSE_TYPE,
    ...(videos.length > 0 && { videos }),
    ...(filteredReasons.length > 0 && {
      raiMediaFilteredCount: filteredReasons.length,
      raiMediaFilteredReasons: filteredReasons,
    }),
  };
  return { name, done: true, response };
}
