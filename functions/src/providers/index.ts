import type { Model } from '../core/catalogue/schema.ts';
import type { VideoProvider } from './provider.ts';
import { veo } from './veo/index.ts';

export type { PollResult, SubmitResult, VideoProvider } from './provider.ts';

/** Every provider by the API that it speaks. */
export const PROVIDERS: Record<Model['api'], VideoProvider> = { 'vertex-long-running': veo };

/** The provider that speaks this API. */
export function providerFor(api: Model['api']): VideoProvider {
  return PROVIDERS[api];
}
