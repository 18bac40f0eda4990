import type { Generation, State } from '../../functions/src/core/generation/state.ts';

/** When each of them was asked for. */
export const REQUESTED = Date.parse('2040-11-04T04:00:00Z');

/** A generation of videos of 6 s, as its document says it; `costs` are those of its attempts. */
export function generationOf({
  uid,
  state,
  tookMs,
  videos,
  costs,
}: {
  uid: string;
  state: State;
  tookMs: number | undefined;
  videos: number;
  costs: (number | undefined)[];
}): Generation {
  return {
    ...{ id: `${uid} ${state}`, uid, state, shard: 0, requestHash: '', seq: 3, epoch: 0, videosBlocked: 0 },
    ...{ creditsPerVideo: 1, costUsdMicrosPerVideo: 400_000, lookupKeys: [], expectedRenderMs: 1, listed: true },
    asked: {
      ...{ model: 'veo-3.1-fast-generate-001', provider: 'google', kind: 'text_to_video', prompt: 'a boat' },
      ...{ durationSec: 6, aspectRatio: '16:9', resolution: '720p', audio: true, videos: 2 },
    },
    attempts: costs.map((costUsdMicros, i) => ({
      ...{ number: i + 1, storageUri: '', startedAt: new Date(REQUESTED), nextPoll: 1, polls: 0 },
      ...(costUsdMicros !== undefined && { costUsdMicros }),
    })),
    outputs: Array.from({ length: videos }, (_, i) => ({ path: `${i}.mp4`, mimeType: 'video/mp4', sizeBytes: 1 })),
    requestedAt: new Date(REQUESTED),
    ...(tookMs !== undefined && { endedAt: new Date(REQUESTED + tookMs) }),
  };
}
