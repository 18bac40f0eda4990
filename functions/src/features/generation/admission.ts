import type { Actor } from '../../core/actor.ts';
import { AppError } from '../../core/errors.ts';
import { fullCostUsdMicros } from '../../core/generation/cost.ts';
import type { Generation } from '../../core/generation/state.ts';
import { type Admitted, admit } from '../../core/generation/transitions/request.ts';
import type { Settings } from '../../core/settings/settings.ts';
import { now } from '../../platform/clock.ts';
import { generations, recordEvent, type Writes } from '../../platform/collections.ts';
import { firestore, isAlreadyThere } from '../../platform/firestore.ts';
import { chargeIn } from '../credits/index.ts';
import { countAdmitted } from '../intake/index.ts';
import { findStored } from './load.ts';

export interface AdmittedOrFound {
  generation: Generation;
  isNew: boolean;
}

/**
 * Takes a generation in: its document, its event and what it holds of its owner's credits are written together or not at
 * all. Finds the one that is there already under this id instead. Throws what `chargeIn` refuses.
 */
export async function admitOrFind(
  actor: Actor,
  admitted: Admitted,
  settings: Settings,
  also?: (writes: Writes) => void,
): Promise<AdmittedOrFound> {
  try {
    const generation = await admitNew(actor, admitted, settings, also);
    countAdmitted(fullCostUsdMicros(generation));
    return { generation, isNew: true };
  } catch (error) {
    const existing = mayBeThere(error) && (await findStored(admitted.id));
    if (existing) return { generation: existing.generation, isNew: false };
    throw error;
  }
}

function admitNew(
  actor: Actor,
  admitted: Admitted,
  settings: Settings,
  also?: (writes: Writes) => void,
): Promise<Generation> {
  return firestore().runTransaction(async (transaction) => {
    const { next, event } = admit(admitted, now());
    await chargeIn(transaction, actor, next, settings);
    transaction.create(generations().doc(next.id), next);
    if (event) recordEvent(transaction, event);
    also?.(transaction);
    return next;
  });
}

/** A twin of the request may have been faster: then this one was refused for what the twin itself has used up. */
function mayBeThere(error: unknown): boolean {
  return isAlreadyThere(error) || (error instanceof AppError && error.code !== 'suspended');
}
