import { type AuditRecord, auditActor } from '../../core/access/audit.ts';
import type { Actor } from '../../core/actor.ts';
import { AppError } from '../../core/errors.ts';
import type { Generation } from '../../core/generation/state.ts';
import { remove } from '../../core/generation/transitions/remove.ts';
import { recordAudit } from '../../platform/audit.ts';
import { logOf } from '../../platform/logs.ts';
import { transact } from './apply.ts';
import { cleanUp } from './cleanUp.ts';
import { assertOwner } from './load.ts';

const log = logOf('generation.delete');

/**
 * Deletes the videos of an actor's own generation and the words of its request; what was measured stays. Again changes
 * nothing. The audit log keeps who did it, and `from` where. Throws `not_found`, or `conflict` while it is under way.
 */
export async function deleteGeneration(actor: Actor, from: string, id: string): Promise<Generation> {
  const removed = await transact(
    id,
    remove,
    (found) => assertOwner(actor, found),
    (writes) => recordAudit(writes, deleted(actor, from, id)),
  );
  if (removed.refusal === 'not_ended') {
    throw new AppError('conflict', 'The generation is under way; cancel it, or wait for its end.');
  }
  if (removed.generation.cleanUpAt === undefined) return removed.generation;
  try {
    return await cleanUp(removed);
  } catch (error) {
    // The wish is stored: the next clean-up deletes what is left.
    log.error('files not deleted yet', error, { generationId: id });
    return removed.generation;
  }
}

function deleted(actor: Actor, from: string, id: string): AuditRecord {
  return { actor: auditActor(actor), action: 'generation.deleted', target: { type: 'generation', id }, from };
}
