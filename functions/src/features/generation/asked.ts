import type { Model } from '../../core/catalogue/schema.ts';
import { type GenerationRequest, kindOf } from '../../core/generation/request.ts';
import type { Asked } from '../../core/generation/state.ts';
import { storeImages } from './images.ts';

/** What a request asks for, its pictures put into Cloud Storage. Throws `invalid_request` for a picture that is none. */
export async function askedOf(id: string, request: GenerationRequest, model: Model): Promise<Asked> {
  const { image, referenceImages, negativePrompt, seed, style, ...required } = request;
  const [firstFrame] = await storeImages(id, image ? [image] : []);
  const references = await storeImages(id, referenceImages ?? []);
  return {
    ...required,
    provider: model.provider,
    kind: kindOf(request),
    ...(negativePrompt !== undefined && { negativePrompt }),
    ...(seed !== undefined && { seed }),
    ...(style && { style }),
    ...(firstFrame && { image: firstFrame }),
    ...(references.length > 0 && { referenceImages: references }),
  };
}
