import type { Generation, Output } from '../../functions/src/core/generation/state.ts';
import { sha256 } from '../../functions/src/core/hash.ts';
import { shardOf } from '../../functions/src/core/shard.ts';
import type { Happening } from './happening.ts';

const ERROR_CODES = {
  succeeded: undefined,
  failed: 'provider_internal',
  blocked: 'content_blocked',
  expired: 'deadline_exceeded',
} as const;

/** A generation that the system made itself, in its last state. */
export function ownGeneration({ n, uid, kind, style, outcome, ...happening }: Happening): Generation {
  const { requestedAt, endedAt, queueMs, renderMs, videoSec, costUsdMicros } = happening;
  const id = sha256('verify-reads', String(n)).slice(0, 20);
  const submittedAt = new Date(requestedAt.getTime() + queueMs);
  const renderedAt = new Date(submittedAt.getTime() + renderMs);
  const code = ERROR_CODES[outcome];
  const isDelivered = outcome === 'succeeded';
  const output: Output = { path: `generations/${id}/0.mp4`, mimeType: 'video/mp4', sizeBytes: 2_000_000 };
  return {
    ...{ id, uid, shard: shardOf(uid), requestHash: sha256(id), state: outcome, seq: 5, epoch: 0, listed: true },
    asked: {
      ...{ model: 'veo-3.1-fast-generate-001', provider: 'google', kind, style, prompt: `wish ${n}`, audio: true },
      ...{ durationSec: videoSec, aspectRatio: '16:9', resolution: '720p', videos: 1 },
    },
    attempts: [
      {
        ...{ number: 1, storageUri: `gs://bucket/attempts/${id}/1/`, startedAt: requestedAt, acceptedAt: submittedAt },
        ...{ operation: `operations/${id}`, nextPoll: 2, polls: 2, lastPolledAt: submittedAt, endedAt: renderedAt },
        ...(code ? { error: { code } } : { costUsdMicros }),
      },
    ],
    ...{ requestedAt, submittedAt, endedAt, outputs: isDelivered ? [output] : [], ...(isDelivered && { renderedAt }) },
    ...{ videosBlocked: outcome === 'blocked' ? 1 : 0, creditsPerVideo: 100, costUsdMicrosPerVideo: costUsdMicros },
    ...{ lookupKeys: [`operation-${id}`], expectedRenderMs: 60_000, ...(code && { error: { code } }) },
  };
}
