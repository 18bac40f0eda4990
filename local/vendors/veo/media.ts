import { readFile } from 'node:fs/promises';
import type { VeoRequest } from './request.ts';

export const VIDEO_MIME_TYPE = 'video/mp4';

const cache = new Map<string, Promise<Buffer>>();

/** A real MP4 (H.264 and AAC, fast start) of the ratio and length asked for; see media/README.md. */
export function sampleVideo({
  aspectRatio,
  durationSeconds,
}: Pick<VeoRequest, 'aspectRatio' | 'durationSeconds'>): Promise<Buffer> {
  const name = `veo-${aspectRatio.replace(':', 'x')}-${durationSeconds}s.mp4`;
  const cached = cache.get(name) ?? readFile(new URL(`../media/${name}`, import.meta.url));
  cache.set(name, cached);
  return cached;
}
