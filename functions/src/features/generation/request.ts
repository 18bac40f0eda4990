import type { Actor } from '../../core/actor.ts';
import { AppError } from '../../core/errors.ts';
import type { GenerationRequest } from '../../core/generation/request.ts';
import type { Generation } from '../../core/generation/state.ts';
import type { Admitted } from '../../core/generation/transitions/request.ts';
import { canonicalJson, sha256 } from '../../core/hash.ts';
import { shardOf } from '../../core/shard.ts';
import { now } from '../../platform/clock.ts';
import { generations } from '../../platform/collections.ts';
import { currentRequestId } from '../../platform/logs.ts';
import { assertChargeable } from '../credits/index.ts';
import { assertIntake } from '../intake/index.ts';
import { currentSettings } from '../settings/index.ts';
import { admitOrFind } from './admission.ts';
import { askedOf } from './asked.ts';
import { enqueueOrLeave } from './enqueue.ts';
import { findStored } from './load.ts';
import { offered } from './offered.ts';
import { renderTimeOf } from './renderTime.ts';

export interface Requested {
  generation: Generation;
  /** True when this request had been made before under the same idempotency key. */
  replayed: boolean;
}

/**
 * Takes in a request for a video and holds its price. Throws `invalid_request` for what the model cannot do,
 * `idempotency_conflict` when the key was used for another request, `limit_exceeded`, `insufficient_credits` or `suspended`.
 */
export async function requestGeneration(
  actor: Actor,
  request: GenerationRequest,
  idempotencyKey: string | undefined,
): Promise<Requested> {
  const requestHash = sha256(canonicalJson(request));
  const requested =
    (await earlierRequest(actor, idempotencyKey, requestHash)) ??
    (await newRequest(actor, request, idempotencyKey, requestHash));
  await enqueueOrLeave(requested.generation);
  return requested;
}

/** What this key was used for before. Looked up before anything is stored or checked against today's catalogue. */
async function earlierRequest(
  actor: Actor,
  idempotencyKey: string | undefined,
  requestHash: string,
): Promise<Requested | undefined> {
  if (idempotencyKey === undefined) return undefined;
  const existing = await findStored(keyedId(actor.uid, idempotencyKey));
  return existing && replayOf(existing.generation, requestHash);
}

function replayOf(existing: Generation, requestHash: string): Requested {
  if (existing.requestHash === requestHash) return { generation: existing, replayed: true };
  throw new AppError('idempotency_conflict', 'This Idempotency-Key was used for a different request.');
}

async function newRequest(
  actor: Actor,
  request: GenerationRequest,
  idempotencyKey: string | undefined,
  requestHash: string,
): Promise<Requested> {
  const settings = await currentSettings();
  const { model, price } = offered(request, settings);
  await assertIntake(settings, price.costUsdMicrosPerVideo * request.videos);
  if (request.image || request.referenceImages) {
    // Pictures of a request that is refused would never be deleted, since no generation knows of them.
    try {
      await assertChargeable(actor, settings, price.creditsPerVideo * request.videos, now());
    } catch (error) {
      // Unless it is refused for what a twin of it has used up.
      const earlier = await earlierRequest(actor, idempotencyKey, requestHash);
      if (earlier) return earlier;
      throw error;
    }
  }
  const id = idempotencyKey === undefined ? generations().doc().id : keyedId(actor.uid, idempotencyKey);
  const admitted: Admitted = {
    id,
    uid: actor.uid,
    shard: shardOf(actor.uid),
    asked: await askedOf(id, request, model),
    requestHash,
    ...price,
    lookupKeys: lookupKeysOfRequest(),
    expectedRenderMs: (await renderTimeOf(model)).p50,
  };
  const { generation, isNew } = await admitOrFind(actor, admitted, settings);
  return isNew ? { generation, replayed: false } : replayOf(generation, requestHash);
}

function lookupKeysOfRequest(): string[] {
  const requestId = currentRequestId();
  return requestId === undefined ? [] : [requestId];
}

/** The same user's same key always gives the same id, so that a repeated request finds the first one. */
function keyedId(uid: string, idempotencyKey: string): string {
  return sha256('generation', uid, idempotencyKey).slice(0, 32);
}
