import type { Generation } from '../../../src/core/generation/state.ts';
import { admit } from '../../../src/core/generation/transitions/request.ts';

export const T0 = new Date('2026-11-21T12:00:00.000Z');
export const at = (ms: number): Date => new Date(T0.getTime() + ms);

/** A generation just taken in at `T0`. */
export function queued(change: Partial<Generation> = {}): Generation {
  const { next } = admit(
    {
      id: 'gen1',
      uid: 'ann',
      shard: 3,
      asked: {
        model: 'veo-3.1-fast-generate-001',
        provider: 'google',
        kind: 'text_to_video',
        prompt: 'a lighthouse at dusk',
        durationSec: 8,
        aspectRatio: '16:9',
        resolution: '720p',
        audio: true,
        videos: 2,
      },
      requestHash: 'hash',
      creditsPerVideo: 80,
      costUsdMicrosPerVideo: 800_000,
      lookupKeys: [],
      expectedRenderMs: 35_000,
    },
    T0,
  );
  return { ...next, ...change };
}
