import type { LogPosition } from './eventLog.ts';
import {
  commitUnlessChanged,
  type DocumentData,
  FieldPath,
  firestore,
  plainDocument,
  type Version,
} from './firestore.ts';
import { type LatestRollups, latestRef } from './latestRollups.ts';
import { servedRollupVersion } from './rollupVersions.ts';

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

/** A stretch of which the log had more, when it was counted again, than had been folded. */
export interface RecountMismatch {
  after: Date;
  through: Date;
  folded: number;
  found: number;
  at: Date;
}

/** Where aggregation is. */
export interface AggregationState {
  /** Rises with every write. */
  version: number;
  /** Rises with every write that changes buckets. */
  bucketsVersion: number;
  /** The `bucketsVersion` as of which the latest ranges were written. */
  latestVersion: number;
  /** Everything recorded up to here is folded. */
  through: Date;
  /** The last event folded, which may lie after `through`; absent before the first. */
  position?: LogPosition;
  /** How many events after `through` are folded. */
  ahead: number;
  manifests: Manifest[];
  /** How often counting again found another number, ever; the last times are in `recountMismatches`. */
  recountMismatchCount: number;
  recountMismatches: RecountMismatch[];
}

/** A state together with what tells whether it is still the one stored; both undefined before the first run. */
export interface HeldState {
  state: AggregationState | undefined;
  storedAt: Version | undefined;
}

/** What is written together: bucket documents by id, the state, and the latest ranges, or of them the totals, where they change. */
export interface RollupChange {
  documents: ReadonlyMap<string, BucketDocument>;
  state: AggregationState;
  latest?: LatestRollups | Required<Pick<LatestRollups, 'totals'>> | undefined;
}

const stateRef = (rollupVersion: number) =>
  firestore()
    .collection('projection_state')
    .doc(rollupVersion === 1 ? 'aggregate' : `aggregate~v${rollupVersion}`);

/** `system_performance_metrics`: the rollup buckets, by core/rollup's ids. */
const buckets = () => firestore().collection('system_performance_metrics');

/** Where aggregation is; undefined before its first run. A read. */
export async function aggregationState(
  rollupVersion: number = servedRollupVersion(),
): Promise<AggregationState | undefined> {
  return (await heldState(rollupVersion)).state;
}

/** Where aggregation is, to be changed. A read. */
export async function heldState(rollupVersion: number): Promise<HeldState> {
  const snapshot = await stateRef(rollupVersion).get();
  return { state: stateFrom(snapshot.data()), storedAt: snapshot.updateTime };
}

/**
 * Writes all of it, if the state stored is still the one held; else changes nothing and answers undefined. Whoever changes
 * buckets changes the state with them, so buckets that were read after it are then still the same, too.
 */
export async function changeRollups(
  rollupVersion: number,
  { storedAt }: HeldState,
  { documents, state, latest }: RollupChange,
): Promise<HeldState | undefined> {
  const ref = stateRef(rollupVersion);
  const written = await commitUnlessChanged((batch) => {
    if (storedAt) batch.update(ref, { ...state }, { lastUpdateTime: storedAt });
    else batch.create(ref, { ...state });
    for (const [id, document] of documents) batch.set(buckets().doc(id), { ...document });
    if (latest) batch.set(latestRef(rollupVersion), { ...latest }, { mergeFields: Object.keys(latest) });
  });
  return written && { state, storedAt: written };
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

/** What a state has that was written before these were there: its latest ranges are of no state of the buckets. */
const BEGINNING = { bucketsVersion: 0, latestVersion: -1, recountMismatchCount: 0, recountMismatches: [] };

/** The position stays as it is: a Date would lose its microseconds. */
function stateFrom(stored: DocumentData | undefined): AggregationState | undefined {
  if (!stored) return undefined;
  const { position, ...rest } = stored;
  const { id: _, ...state } = plainDocument<AggregationState & { id: string }>('', { ...BEGINNING, ...rest });
  return position ? { ...state, position } : state;
}
