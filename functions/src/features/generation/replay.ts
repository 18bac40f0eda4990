import { AppError } from '../../core/errors.ts';
import { type Asked, type Generation, isTerminal, type StoredImage } from '../../core/generation/state.ts';
import { sha256 } from '../../core/hash.ts';
import { userOf } from '../../platform/auth.ts';
import { now } from '../../platform/clock.ts';
import type { Writes } from '../../platform/collections.ts';
import { currentRequestId } from '../../platform/logs.ts';
import { copyObject, gcsUri, pathOf } from '../../platform/storage.ts';
import { assertChargeable } from '../credits/index.ts';
import { assertIntake } from '../intake/index.ts';
import { currentSettings } from '../settings/index.ts';
import { admitOrFind } from './admission.ts';
import { enqueueOrLeave } from './enqueue.ts';
import { findStored } from './load.ts';
import { offered } from './offered.ts';
import { renderTimeOf } from './renderTime.ts';

/**
 * Asks anew, for its owner and at today's price, for what a generation was to make that has ended without. Again for the
 * same one, it finds the first such replay. Throws `conflict` where there is nothing to repeat or its pictures are gone, and
 * whatever the owner's own request would be refused for.
 */
export async function replayGeneration(
  old: Generation,
  also: (writes: Writes, id: string) => void,
): Promise<Generation> {
  assertReplayable(old);
  const id = sha256('replay', old.id).slice(0, 32);
  const generation = (await findStored(id))?.generation ?? (await replayed(old, id, also));
  await enqueueOrLeave(generation);
  return generation;
}

async function replayed(old: Generation, id: string, also: (writes: Writes, id: string) => void): Promise<Generation> {
  const owner = await userOf(old.uid);
  if (!owner || owner.disabled) throw new AppError('conflict', 'Its owner cannot sign in any more.');
  const settings = await currentSettings();
  const { model, price } = offered(requestOf(old.asked), settings);
  await assertIntake(settings, price.costUsdMicrosPerVideo * old.asked.videos);
  // Nobody would ever delete the pictures copied for a replay that is refused.
  await assertChargeable(owner, settings, price.creditsPerVideo * old.asked.videos, now());
  const requestId = currentRequestId();
  const admitted = {
    ...{ id, uid: old.uid, shard: old.shard, requestHash: old.requestHash, replayOf: old.id },
    asked: await withOwnPictures(id, old.asked),
    ...price,
    lookupKeys: requestId === undefined ? [] : [requestId],
    expectedRenderMs: (await renderTimeOf(model)).p50,
  };
  return (await admitOrFind(owner, admitted, settings, (writes) => also(writes, id))).generation;
}

function assertReplayable({ state, deletedAt }: Generation): void {
  if (deletedAt) throw new AppError('conflict', 'Its owner has deleted it.');
  if (!isTerminal(state) || state === 'succeeded') throw new AppError('conflict', `The generation is ${state}.`);
}

/** The request again, to hold against today's catalogue; of pictures it only counts whether there are any. */
function requestOf({ provider: _provider, kind: _kind, image, referenceImages, ...request }: Asked) {
  const picture = { mimeType: 'image/png', base64: '' } as const;
  return {
    ...request,
    ...(image && { image: picture }),
    ...(referenceImages && { referenceImages: referenceImages.map(() => picture) }),
  };
}

/** The same with copies of its pictures, which stay when those of the old generation are deleted. */
async function withOwnPictures(id: string, asked: Asked): Promise<Asked> {
  const copied = (images: readonly StoredImage[]) => Promise.all(images.map((image) => copyOf(id, image)));
  const [image] = await copied(asked.image ? [asked.image] : []);
  const referenceImages = asked.referenceImages && (await copied(asked.referenceImages));
  return { ...asked, ...(image && { image }), ...(referenceImages && { referenceImages }) };
}

async function copyOf(id: string, image: StoredImage): Promise<StoredImage> {
  const from = pathOf(image.gcsUri);
  const to = `inputs/${id}/${from?.split('/').at(-1)}`;
  if (from === undefined || !(await copyObject(from, to, image.mimeType))) {
    throw new AppError('conflict', 'A picture that was sent with it is gone.');
  }
  return { ...image, gcsUri: gcsUri(to) };
}
