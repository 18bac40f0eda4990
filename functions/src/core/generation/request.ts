import { z } from 'zod';
import { ASPECT_RATIOS, type Kind, type Model, RESOLUTIONS } from '../catalogue/schema.ts';
import { STYLE_IDS } from '../catalogue/styles.ts';

/** Characters of a prompt; Veo reads about 1,000 tokens. */
const MAX_PROMPT_CHARS = 4_000;
/** Base64 characters of one picture: 4 MiB of bytes. */
const MAX_IMAGE_CHARS = Math.ceil((4 * 2 ** 20) / 3) * 4;

const text = (max: number) =>
  z
    .string()
    .max(max)
    .refine((value) => value.isWellFormed(), 'must be well-formed Unicode');

/** A picture sent with the request; it is kept in Cloud Storage, never in the document. */
export const imageSchema = z.strictObject({
  mimeType: z.enum(['image/png', 'image/jpeg']),
  base64: z.base64().min(4).max(MAX_IMAGE_CHARS),
});

/** The body of `POST /generations`. */
export const generationRequestSchema = z.strictObject({
  model: z.string().min(1).max(100),
  prompt: text(MAX_PROMPT_CHARS).refine((value) => value.trim() !== '', 'must not be blank'),
  negativePrompt: text(MAX_PROMPT_CHARS).optional(),
  durationSec: z.int().min(1).max(60).default(8),
  aspectRatio: z.enum(ASPECT_RATIOS).default('16:9'),
  resolution: z.enum(RESOLUTIONS).default('720p'),
  audio: z.boolean().default(true),
  /** How many videos to make from this one request. */
  videos: z.int().min(1).max(4).default(1),
  seed: z.int().min(0).max(4_294_967_295).optional(),
  style: z.enum(STYLE_IDS).optional(),
  /** The first frame. */
  image: imageSchema.optional(),
  /** Up to three pictures of what must appear. */
  referenceImages: z.array(imageSchema).min(1).max(3).optional(),
});

export type GenerationRequest = z.infer<typeof generationRequestSchema>;
export type InputImage = z.infer<typeof imageSchema>;

export interface Problem {
  /** Where in the body, such as `durationSec`. */
  path: string;
  message: string;
}

/** What sort of generation the request asks for, told by the pictures it brings. */
export function kindOf(request: Pick<GenerationRequest, 'image' | 'referenceImages'>): Kind {
  if (request.referenceImages) return 'reference_to_video';
  return request.image ? 'image_to_video' : 'text_to_video';
}

/** Everything that this model cannot do of the request; empty when it can be made. */
export function checkAgainstModel(request: Omit<GenerationRequest, 'prompt'>, model: Model): Problem[] {
  const problems: Problem[] = [];
  const refuse = (path: string, message: string) => problems.push({ path, message });
  const oneOf = (values: readonly (string | number)[]) => values.join(', ');
  const kind = kindOf(request);
  if (request.image && request.referenceImages) refuse('referenceImages', 'cannot be combined with image');
  if (!model.kinds.includes(kind))
    refuse('model', `${model.id} does not offer ${kind}; it offers ${oneOf(model.kinds)}`);
  if (!model.aspectRatios.includes(request.aspectRatio)) {
    refuse('aspectRatio', `${model.id} offers ${oneOf(model.aspectRatios)}`);
  }
  if (!model.resolutions.includes(request.resolution)) {
    refuse('resolution', `${model.id} offers ${oneOf(model.resolutions)}`);
  }
  const durationsSec = allowedDurationsSec(request, model);
  if (!durationsSec.includes(request.durationSec)) {
    refuse('durationSec', `must be one of ${oneOf(durationsSec)} for ${model.id} with ${request.resolution}, ${kind}`);
  }
  if (request.videos > model.maxVideos) refuse('videos', `${model.id} makes at most ${model.maxVideos} at once`);
  if (request.audio && !model.audio) refuse('audio', `${model.id} makes no sound`);
  return problems;
}

function allowedDurationsSec(request: Omit<GenerationRequest, 'prompt'>, model: Model): readonly number[] {
  const byResolution = model.durationsSecByResolution[request.resolution] ?? model.durationsSec;
  if (!request.referenceImages) return byResolution;
  return byResolution.filter((durationSec) => model.referenceDurationsSec.includes(durationSec));
}
