import type { Generation } from '../../core/generation/state.ts';
import { SIGNED_URL_TTL_SEC } from '../../params.ts';
import { signedReadUrl } from '../../platform/storage.ts';

export interface OutputLink {
  url: string;
  urlExpiresAt: string;
}

/** A link to each video of a generation, in order; each plays with range requests until it expires. */
export function outputLinks(generation: Generation): Promise<OutputLink[]> {
  return Promise.all(
    generation.outputs.map(async ({ path }, index) => {
      const filename = `${generation.id}-${index}.mp4`;
      const { url, expiresAt } = await signedReadUrl(path, SIGNED_URL_TTL_SEC.value(), filename);
      return { url, urlExpiresAt: expiresAt.toISOString() };
    }),
  );
}
