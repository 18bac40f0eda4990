import type { Generation } from '../../core/generation/state.ts';
import { recordAudit } from '../../platform/audit.ts';
import { endGeneration as endNow } from '../generation/index.ts';
import type { By } from './by.ts';

/** Ends an open generation as failed, its hold released. Throws `not_found`, or `conflict` for one that has ended. */
export function endGeneration(by: By, id: string, reason: string): Promise<Generation> {
  return endNow(id, reason, (writes, before, next) =>
    recordAudit(writes, {
      ...by,
      action: 'generation.ended',
      target: { type: 'generation', id },
      before: { state: before.state },
      after: { state: next.state },
      reason,
    }),
  );
}
