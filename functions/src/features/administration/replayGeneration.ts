import { AppError } from '../../core/errors.ts';
import { type Generation, isTerminal } from '../../core/generation/state.ts';
import { recordAudit } from '../../platform/audit.ts';
import { replayGeneration as askAnew, findGenerations, takeOverGeneration } from '../generation/index.ts';
import type { By } from './by.ts';

/**
 * Gives dead work another go: one that is open is taken over at once; for one that ended without success another is asked
 * for in its owner's name, once. Answers the generation that is under way then. Throws `not_found`, `conflict` where there
 * is nothing to repeat, and whatever the owner's own request would be refused for.
 */
export async function replayGeneration(by: By, id: string, reason: string): Promise<Generation> {
  const found = (await findGenerations(id)).find((generation) => generation.id === id);
  if (!found) throw new AppError('not_found', 'There is no such generation.');
  const target = { type: 'generation', id };
  if (!isTerminal(found.state)) {
    return takeOverGeneration(id, (writes, before, next) => {
      const [was, is] = [{ epoch: before.epoch }, { epoch: next.epoch }];
      recordAudit(writes, { ...by, action: 'generation.taken_over', target, before: was, after: is, reason });
    });
  }
  try {
    return await askAnew(found, (writes, newId) => {
      recordAudit(writes, { ...by, action: 'generation.replayed', target, after: { generationId: newId }, reason });
    });
  } catch (error) {
    throw error instanceof AppError ? aboutTheOwner(error) : error;
  }
}

/** A refusal of the owner, put so that the administrator does not take it for their own. */
function aboutTheOwner(refusal: AppError): AppError {
  const { code, message, problems, exceeded } = refusal;
  if (code !== 'suspended' && !exceeded) return refusal;
  const told = code === 'suspended' ? 'conflict' : code;
  return new AppError(told, `Its owner would be refused: ${message}`, problems, exceeded);
}
