import type { LedgerEntry } from '../../core/credit/ledger.ts';
import { AppError } from '../../core/errors.ts';
import { type OperatorView, operatorView } from '../../core/generation/operatorView.ts';
import { creditLedger, eventsOfGeneration, type RecordedEvent } from '../../platform/collections.ts';
import { documentsAt } from '../../platform/firestore.ts';
import { findGenerations, type Waiting, waitingFor } from '../generation/index.ts';
import { type AuditEntry, readAuditLog } from './readAuditLog.ts';

const MAX_EVENTS = 200;
const MAX_AUDIT_ENTRIES = 50;

/** All that there is to know of one generation. */
export interface GenerationFile {
  generation: OperatorView;
  /** Ids of other generations found by the same key, newest first: a request may have been sent again under its id. */
  others: string[];
  /** Its events, in the order in which they came about. */
  history: RecordedEvent[];
  /** Absent once ended. */
  waiting?: Waiting;
  ledger: LedgerEntry[];
  /** What administrators did to it, newest first. */
  audit: AuditEntry[];
}

/** Opens the file on a generation, found by its id, a provider's operation or a request id. Throws `not_found`. */
export async function viewGeneration(key: string): Promise<GenerationFile> {
  const [generation, ...others] = await findGenerations(key);
  if (!generation) throw new AppError('not_found', 'There is no such generation.');
  const { id } = generation;
  const [history, waiting, ledger, { entries }] = await Promise.all([
    eventsOfGeneration(id, MAX_EVENTS),
    waitingFor(generation),
    documentsAt([creditLedger().doc(`hold.${id}`), creditLedger().doc(`end.${id}`)]),
    readAuditLog({ target: id, limit: MAX_AUDIT_ENTRIES }),
  ]);
  return {
    generation: operatorView(generation),
    others: others.map((other) => other.id),
    history,
    ...(waiting && { waiting }),
    ledger: ledger.flatMap((entry) => entry ?? []),
    audit: entries,
  };
}
