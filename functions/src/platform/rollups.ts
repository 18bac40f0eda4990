import type { LogPosition } from './eventLog.ts';
import { FieldPath, firestore, plainDocument, type Timestamp, type Transaction } from './firestore.ts';

/** What every bucket document says besides its id. */
export interface BucketDocument {
  granularity: string;
  zone: string;
  start: Date;
  part: string;
  /** When nobody needs it any more; absent: kept for ever. Firestore deletes it by TTL. */
  expireAt?: Date;
  /** Its cells, as core/rollup writes them. */
  cells: Uint8Array;
}

/** A stretch of the log that has been folded, and how many events it had. */
export interface Manifest {
  after: Date;
  through: Date;
  count: number;
  /** How often it was counted again. */
  recounts: number;
}

/** Where aggregation is. `version` rises with every write: of two runs at the same time one finds it changed. */
export interface AggregationState {
  version: number;
  /** Everything recorded up to here is folded. */
  through: Date;
  /** The last event folded, which may lie after `through`; absent before the first. */
  position?: LogPosition;
  /** How many events after `through` are folded. */
  ahead: number;
  manifests: Manifest[];
}

const stateRef = () => firestore().collection('projection_state').doc('aggregate');

/** `system_performance_metrics`: the rollup buckets, by core/rollup's ids. */
const buckets = () => firestore().collection('system_performance_metrics');

/** Where aggregation is; undefined before its first run. */
export async function aggregationState(): Promise<AggregationState | undefined> {
  return stateFrom((await stateRef().get()).data());
}

/**
 * Changes buckets and the state together, if the state is still at `version` (undefined: not there); else changes nothing
 * and answers false. `change` gets the present cells of the buckets named, in order, and answers the documents to write.
 */
export function changeBuckets(
  version: number | undefined,
  ids: readonly string[],
  change: (present: readonly (Uint8Array | undefined)[]) => {
    documents: ReadonlyMap<string, BucketDocument>;
    state: AggregationState;
  },
): Promise<boolean> {
  return firestore().runTransaction(async (transaction) => {
    const found = stateFrom((await transaction.get(stateRef())).data());
    if (found?.version !== version) return false;
    const present = await cellsOf(transaction, ids);
    const { documents, state } = change(present);
    for (const [id, document] of documents) transaction.set(buckets().doc(id), { ...document });
    transaction.set(stateRef(), { ...state });
    return true;
  });
}

async function cellsOf(transaction: Transaction, ids: readonly string[]): Promise<(Uint8Array | undefined)[]> {
  if (ids.length === 0) return [];
  const found = await transaction.getAll(...ids.map((id) => buckets().doc(id)));
  return found.map((doc) => doc.get('cells'));
}

/** The cells of these buckets, in order; undefined where there is none. A read for each. */
export async function readBuckets(ids: readonly string[]): Promise<(Uint8Array | undefined)[]> {
  if (ids.length === 0) return [];
  const found = await firestore().getAll(...ids.map((id) => buckets().doc(id)));
  return found.map((doc) => doc.get('cells'));
}

/** A bucket document under its id. */
export interface StoredBucket {
  id: string;
  document: BucketDocument;
}

/** The bucket documents whose ids are from one on and before another. A read for each. */
export async function storedBuckets(fromId: string, beforeId: string): Promise<StoredBucket[]> {
  const range = buckets().orderBy(FieldPath.documentId()).startAt(fromId).endBefore(beforeId);
  return (await range.get()).docs.map((doc) => {
    const { id, ...document } = plainDocument<BucketDocument & { id: string }>(doc.id, doc.data());
    return { id, document };
  });
}

interface StoredState extends Omit<AggregationState, 'through' | 'manifests'> {
  through: Timestamp;
  manifests: (Omit<Manifest, 'after' | 'through'> & { after: Timestamp; through: Timestamp })[];
}

/** The position stays as it is: a Date would lose their microseconds. */
function stateFrom(stored: object | undefined): AggregationState | undefined {
  if (!stored) return undefined;
  const { through, manifests, ...rest } = stored as StoredState;
  return {
    ...rest,
    through: through.toDate(),
    manifests: manifests.map((m) => ({ ...m, after: m.after.toDate(), through: m.through.toDate() })),
  };
}
