import type { GenerateVideosParameters, VideoGenerationReferenceType } from '@google/genai';
import { stylePrompt } from '../../core/catalogue/styles.ts';
import type { Asked } from '../../core/generation/state.ts';
import { type VertexVideos, vertexVideos } from '../../platform/genai.ts';
import type { SubmitResult } from '../provider.ts';
import { classifySubmitError } from './errors.ts';

/** Starts a long-running prediction; the videos appear below `storageUri`. */
export async function submit(asked: Asked, storageUri: string, reference: string): Promise<SubmitResult> {
  const videos = await connected();
  if ('type' in videos) return videos;
  try {
    const { name } = await videos.client.models.generateVideos(parametersOf(asked, storageUri, reference));
    if (name) return { type: 'accepted', operation: name };
    return { type: 'uncertain', error: { code: 'provider_internal', detail: 'accepted without an operation name' } };
  } catch (error) {
    return classifySubmitError(error);
  }
}

/** The client, or why nothing can be sent. */
async function connected(): Promise<VertexVideos | SubmitResult> {
  try {
    return await vertexVideos();
  } catch (error) {
    // Nothing was sent, so trying again later costs nothing.
    return { type: 'refused', error: { code: 'provider_unavailable', detail: String(error) } };
  }
}

function parametersOf(asked: Asked, storageUri: string, reference: string): GenerateVideosParameters {
  const prompt = asked.style ? `${asked.prompt}\n\n${stylePrompt(asked.style)}` : asked.prompt;
  return {
    model: asked.model,
    source: { prompt, ...(asked.image && { image: asked.image }) },
    config: {
      numberOfVideos: asked.videos,
      durationSeconds: asked.durationSec,
      aspectRatio: asked.aspectRatio,
      resolution: asked.resolution,
      generateAudio: asked.audio,
      outputGcsUri: storageUri,
      labels: { reference },
      ...(asked.negativePrompt !== undefined && { negativePrompt: asked.negativePrompt }),
      ...(asked.seed !== undefined && { seed: asked.seed }),
      ...(asked.referenceImages && {
        referenceImages: asked.referenceImages.map((image) => ({
          image,
          referenceType: 'ASSET' as VideoGenerationReferenceType,
        })),
      }),
    },
  };
}
