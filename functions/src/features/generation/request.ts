import type { Actor } from '../../core/actor.ts';
import { findModel, isOffered } from '../../core/catalogue/models.ts';
import type { Model } from '../../core/catalogue/schema.ts';
import { AppError } from '../../core/errors.ts';
import { checkAgainstModel, type GenerationRequest, kindOf } from '../../core/generation/request.ts';
import type { Asked, Generation } from '../../core/generation/state.ts';
import { type Admitted, admit } from '../../core/generation/transitions/request.ts';
import { canonicalJson, sha256 } from '../../core/hash.ts';
import { listPriceUsdMicros } from '../../core/pricing/price.ts';
import { shardOf } from '../../core/shard.ts';
import { VERTEX_LOCATION } from '../../params.ts';
import { now } from '../../platform/clock.ts';
import { generations, recordEvent } from '../../platform/collections.ts';
import { firestore, type Transaction } from '../../platform/firestore.ts';
import { enqueueOrLeave } from './enqueue.ts';
import { storeImages } from './images.ts';
import { findGeneration } from './load.ts';
import { renderTimeOf } from './renderTime.ts';

export interface Requested {
  generation: Generation;
  /** True when this request had been made before under the same idempotency key. */
  replayed: boolean;
}

/**
 * Takes in a request for a video. Throws `invalid_request` for what the model cannot do, and `idempotency_conflict`
 * when the key was used for another request.
 */
export async function requestGeneration(
  actor: Actor,
  request: GenerationRequest,
  idempotencyKey: string | undefined,
): Promise<Requested> {
  const requestHash = sha256(canonicalJson(request));
  const requested =
    (await earlierRequest(actor, idempotencyKey, requestHash)) ??
    (await admitNew(actor, request, idempotencyKey, requestHash));
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
  const existing = await findGeneration(keyedId(actor.uid, idempotencyKey));
  return existing && replayOf(existing, requestHash);
}

function replayOf(existing: Generation, requestHash: string): Requested {
  if (existing.requestHash === requestHash) return { generation: existing, replayed: true };
  throw new AppError('idempotency_conflict', 'This Idempotency-Key was used for a different request.');
}

async function admitNew(
  actor: Actor,
  request: GenerationRequest,
  idempotencyKey: string | undefined,
  requestHash: string,
): Promise<Requested> {
  const model = offeredModel(request);
  const id = idempotencyKey === undefined ? generations().doc().id : keyedId(actor.uid, idempotencyKey);
  const admitted: Admitted = {
    id,
    uid: actor.uid,
    shard: shardOf(actor.uid),
    asked: await askedOf(id, request, model),
    requestHash,
    priceUsdMicros: listPriceUsdMicros(model, request) ?? 0,
    expectedRenderMs: (await renderTimeOf(model)).p50,
  };
  return firestore().runTransaction((transaction) => admitIn(transaction, admitted));
}

async function admitIn(transaction: Transaction, admitted: Admitted): Promise<Requested> {
  const ref = generations().doc(admitted.id);
  const existing = (await transaction.get(ref)).data();
  if (existing) return replayOf(existing, admitted.requestHash);
  const { next, event } = admit(admitted, now());
  // The credits that this request holds are to be taken here, in the same transaction.
  transaction.create(ref, next);
  if (event) recordEvent(transaction, event);
  return { generation: next, replayed: false };
}

function offeredModel(request: GenerationRequest): Model {
  const model = findModel(request.model);
  if (!model) {
    throw new AppError('invalid_request', 'There is no such model.', [{ path: 'model', message: 'see GET /models' }]);
  }
  if (!isOffered(model, now(), VERTEX_LOCATION.value())) {
    const hint = model.successor ? `use ${model.successor}` : 'see GET /models';
    throw new AppError('invalid_request', `${model.id} is not offered here, or no longer.`, [
      { path: 'model', message: hint },
    ]);
  }
  const problems = checkAgainstModel(request, model);
  if (problems.length > 0) throw new AppError('invalid_request', 'The model cannot do this.', problems);
  return model;
}

/** The same user's same key always gives the same id, so that a repeated request finds the first one. */
function keyedId(uid: string, idempotencyKey: string): string {
  return sha256('generation', uid, idempotencyKey).slice(0, 32);
}

async function askedOf(id: string, request: GenerationRequest, model: Model): Promise<Asked> {
  const { image, referenceImages, ...rest } = request;
  const [firstFrame] = await storeImages(id, image ? [image] : []);
  const references = await storeImages(id, referenceImages ?? []);
  const { negativePrompt, seed, style, ...required } = rest;
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
