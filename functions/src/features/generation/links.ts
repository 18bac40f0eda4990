import type { Generation } from '../../core/generation/state.ts';
import { SIGNED_URL_TTL_SEC } from '../../params.ts';
import { signedReadUrl } from '../../platform/storage.ts';

/** What Cloud Storage signs at most, and what is of use at least. */
const MAX_TTL_SEC = 604_800;
const MIN_TTL_SEC = 60;

export interface OutputLink {
  url: string;
  urlExpiresAt: string;
  /** Absent when the video has no poster. */
  posterUrl?: string;
}

/** Links to each video of a generation and its poster, in order; a video plays with range requests until they expire. */
export function outputLinks(generation: Generation): Promise<OutputLink[]> {
  const ttlSec = Math.min(MAX_TTL_SEC, Math.max(MIN_TTL_SEC, SIGNED_URL_TTL_SEC.value()));
  if (generation.filesDeletedAt || generation.deletedAt) return Promise.resolve([]);
  return Promise.all(
    generation.outputs.map(async ({ path, posterPath }, index) => {
      const name = `${generation.id}-${index}`;
      const { url, expiresAt } = await signedReadUrl(path, ttlSec, `${name}.mp4`);
      const link: OutputLink = { url, urlExpiresAt: expiresAt.toISOString() };
      if (posterPath !== undefined) link.posterUrl = (await signedReadUrl(posterPath, ttlSec, `${name}.jpg`)).url;
      return link;
    }),
  );
}
