import { bool, CheckError, integer, labels, list, oneOf, record, text } from '../checked.ts';
import { GoogleError } from '../google-errors.ts';
import type { VeoModel } from './models.ts';

/** What the renderer needs of an accepted request. */
export interface VeoRequest {
  prompt: string;
  sampleCount: number;
  durationSeconds: number;
  aspectRatio: '16:9' | '9:16';
  resolution: string;
  /** Folder for the output, `gs://…`; without it the bytes come in the answer. */
  storageUri?: string;
}

const UINT32_MAX = 2 ** 32 - 1;
const gcsUri = text(/^gs:\/\/[^/]+\/?/, 'a Cloud Storage URI that starts with gs://');
const base64 = text(/^[A-Za-z0-9+/]+={0,2}$/, 'base64');
const image = record({
  bytesBase64Encoded: base64,
  gcsUri,
  mimeType: oneOf('image/jpeg', 'image/png', 'image/webp'),
});
const video = record({ bytesBase64Encoded: base64, gcsUri, mimeType: oneOf('video/mp4', 'video/quicktime') });

const body = record({
  instances: list(
    record({
      prompt: text(),
      image,
      lastFrame: image,
      video,
      mask: record({ bytesBase64Encoded: base64, gcsUri, mimeType: text(), maskMode: text() }),
      referenceImages: list(record({ image, referenceType: oneOf('asset', 'style', 'ASSET', 'STYLE') }), 1, 3),
    }),
    1,
    1,
  ),
  parameters: record({
    sampleCount: integer(1, 4),
    durationSeconds: oneOf(4, 6, 8),
    aspectRatio: oneOf('16:9', '9:16'),
    resolution: text(),
    negativePrompt: text(),
    personGeneration: oneOf('dont_allow', 'allow_adult', 'allow_all'),
    seed: integer(0, UINT32_MAX),
    generateAudio: bool,
    enhancePrompt: bool,
    storageUri: gcsUri,
    fps: integer(1, 60),
    pubsubTopic: text(),
    compressionQuality: oneOf('optimized', 'lossless', 'OPTIMIZED', 'LOSSLESS'),
    resizeMode: oneOf('pad', 'crop', 'PAD', 'CROP'),
  }),
  labels,
});

/**
 * Reads the body of `predictLongRunning` as Vertex does for Veo 3.1:
 * https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/veo-video-generation.
 * Throws GoogleError 400 INVALID_ARGUMENT that names the field.
 */
export function readVeoRequest(json: unknown, model: VeoModel): VeoRequest {
  try {
    return checkRequest(json, model);
  } catch (error) {
    if (error instanceof CheckError) throw new GoogleError(400, error.message);
    throw error;
  }
}

function checkRequest(json: unknown, model: VeoModel): VeoRequest {
  const { instances, parameters = {} } = body(json, '');
  const instance = instances?.[0];
  if (!instance) throw new CheckError('instances is required.');
  const { prompt, referenceImages } = instance;
  if (prompt === undefined && !instance.image && !instance.video) {
    throw new CheckError('instances[0].prompt is required when there is no image.');
  }
  checkMedia('instances[0].image', instance.image);
  checkMedia('instances[0].lastFrame', instance.lastFrame);
  checkMedia('instances[0].video', instance.video);
  if (instance.lastFrame && !instance.image) {
    throw new CheckError('instances[0].lastFrame needs instances[0].image, the first frame.');
  }
  for (const [index, reference] of (referenceImages ?? []).entries()) {
    const at = `instances[0].referenceImages[${index}]`;
    if (!reference.image || !reference.referenceType) throw new CheckError(`${at} needs image and referenceType.`);
    checkMedia(`${at}.image`, reference.image);
  }
  const { resolution = '720p', durationSeconds = 8, aspectRatio = '16:9', sampleCount = 1, storageUri } = parameters;
  if (!model.resolutions.includes(resolution)) {
    throw new CheckError(
      `Invalid value for parameters.resolution: "${resolution}". It must be one of [${model.resolutions.join(', ')}] for this model.`,
    );
  }
  if (durationSeconds !== 8 && (resolution !== '720p' || referenceImages)) {
    const feature = referenceImages ? 'reference images' : resolution;
    throw new CheckError(
      `Invalid value for parameters.durationSeconds: ${durationSeconds}. It must be 8 with ${feature}.`,
    );
  }
  if (referenceImages && !model.referenceImages) {
    throw new CheckError('instances[0].referenceImages is not supported by this model.');
  }
  return {
    prompt: prompt ?? '',
    sampleCount,
    durationSeconds,
    aspectRatio,
    resolution,
    ...(storageUri !== undefined && { storageUri }),
  };
}

interface Media {
  bytesBase64Encoded?: string;
  gcsUri?: string;
  mimeType?: string;
}

function checkMedia(at: string, media: Media | undefined): void {
  if (!media) return;
  if ((media.bytesBase64Encoded === undefined) === (media.gcsUri === undefined)) {
    throw new CheckError(`${at} must have either bytesBase64Encoded or gcsUri.`);
  }
  if (media.mimeType === undefined) throw new CheckError(`${at}.mimeType is required.`);
}
