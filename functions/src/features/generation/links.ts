import type { Generation } from '../../core/generation/state.ts';
import { SIGNED_URL_TTL_SEC } from '../../params.ts';
import { signedReadUrl } from '../../platform/storage.ts';

/** What Cloud Storage signs at most, and what is of use at least. */
const MAX_TTL_SEC = 604_800;
const MIN_TTL_SEC = 60;

export interface OutputLink {
  url: string;
  urlExpiresAt: string;
}

/** A link to each video of a generation, in order; each plays with range requests until it expires. */
export function outputLinks(generation: Generation): Promise<OutputLink[]> {
  const ttlSec = Math.min(MAX_TTL_SEC, Math.max(MIN_TTL_SEC, SIGNED_URL_TTL_SEC.value()));
  return Promise.all(
    generation.outputs.map(async ({ path }, index) => {
      const filename = `${generation.id}-${index}.mp4`;
      const { url, expiresAt } = await signedReadUrl(path, ttlSec, filename);
      return { url, urlExpiresAt: expiresAt.toISOString() };
    }),
  );
}
