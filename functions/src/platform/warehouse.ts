import { now } from './clock.ts';
import { type DeadLetter, deadLetters } from './deadLetters.ts';
import type { LogPosition } from './eventLog.ts';
import { commitUnlessChanged, firestore, plainDocument, type Version } from './firestore.ts';

/** What a range of the log had when it was read to be loaded: an event may be seen long after the time that it is stamped with. */
export interface RangeRead {
  events: number;
  /** The events that can be rows of the table. */
  rows: number;
}

/** A load that was begun and of which nobody has noted the end. */
export interface PendingLoad {
  /** The range: after one place in the log (null: from its beginning) up to and with another. */
  after: LogPosition | null;
  upTo: LogPosition;
  /** Of late events: which of that range. Null: all of it. */
  late: string[] | null;
  /** Everything recorded up to here is in the warehouse, once this is loaded. */
  through: Date;
  /** Ids of events in it that can be no rows, and go to dead letters once all others are loaded. */
  refused: string[];
  reads: RangeRead[];
  attempt: number;
  jobId: string;
}

/** A range that has been loaded; the ranges follow each other without a gap. */
export interface LoadManifest {
  after: LogPosition | null;
  upTo: LogPosition;
  /** The events that it had, those in dead letters included. */
  events: number;
  /** Rows loaded, as BigQuery counted them. */
  rows: number;
  jobId: string;
  loadedAt: Date;
}

/** What went wrong last; `reason` is BigQuery's own word where there is one. */
export interface ProjectionError {
  at: Date;
  reason: string;
  message: string;
}

/** Where the projection of the log to BigQuery is. */
export interface WarehouseProgress {
  /** Rises with every write. */
  version: number;
  /** When it was begun, or begun anew: the jobs that were before are none of its own. */
  begunAt: Date;
  /** Everything recorded up to here is in BigQuery or in a dead letter. */
  through: Date;
  /** The last event of which that is true; null before the first. */
  position: LogPosition | null;
  pending: PendingLoad | null;
  /** The end of a range with a row that BigQuery refuses, and how many events there are up to it: it is taken in halves. */
  suspect: { upTo: LogPosition; events: number } | null;
  /** What is to be counted again. */
  manifests: LoadManifest[];
  loadedRows: number;
  lastLoadAt: Date | null;
  lastError: ProjectionError | null;
  /** What somebody must do before it can go on. */
  blockedBy: string | null;
}

/** Progress together with what tells whether it is still what is stored; `storedAt` is undefined before the first run. */
export interface HeldProgress {
  progress: WarehouseProgress;
  storedAt: Version | undefined;
}

const nothingYet = (): WarehouseProgress => ({
  ...{ version: 0, begunAt: now(), through: new Date(0), position: null, pending: null, suspect: null, manifests: [] },
  ...{ loadedRows: 0, lastLoadAt: null, lastError: null, blockedBy: null },
});

const progressRef = () => firestore().collection('projection_state').doc('warehouse');

/** Where the projection is, to be changed. A read. */
export async function heldProgress(): Promise<HeldProgress> {
  const snapshot = await progressRef().get();
  const stored = snapshot.data();
  if (!stored) return { progress: nothingYet(), storedAt: undefined };
  const { position, pending, suspect, manifests, ...rest } = stored;
  // Positions stay as they are: a Date would lose their microseconds.
  const dated = plainDocument<Omit<WarehouseProgress, 'position'> & { id: string }>('', rest);
  const { id: _, ...progress } = {
    ...dated,
    ...{ position, suspect },
    pending: pending && { ...pending, through: pending.through.toDate() },
    manifests: (manifests as { loadedAt: Version }[]).map((kept) => ({ ...kept, loadedAt: kept.loadedAt.toDate() })),
  };
  return { progress: progress as WarehouseProgress, storedAt: snapshot.updateTime };
}

/** Writes changes of the held progress, and dead letters with them, if it is still what is stored; else changes nothing and answers undefined. */
export async function changeProgress(
  { progress: before, storedAt }: HeldProgress,
  changes: Partial<WarehouseProgress>,
  letters: readonly DeadLetter[] = [],
): Promise<HeldProgress | undefined> {
  const progress = { ...before, ...changes, version: before.version + 1 };
  const written = await commitUnlessChanged((batch) => {
    if (storedAt) batch.update(progressRef(), { ...progress }, { lastUpdateTime: storedAt });
    else batch.create(progressRef(), progress);
    for (const letter of letters) batch.set(deadLetters().doc(letter.id), letter);
  });
  return written && { progress, storedAt: written };
}

/** What others may know of the projection. */
export interface WarehouseState
  extends Pick<WarehouseProgress, 'through' | 'position' | 'loadedRows' | 'lastLoadAt' | 'lastError' | 'blockedBy'> {
  deadLetterCount: number;
}

/** Where the projection is and how it fares; undefined before its first run. Two reads. */
export async function warehouseState(): Promise<WarehouseState | undefined> {
  const { progress, storedAt } = await heldProgress();
  if (!storedAt) return undefined;
  const { through, position, loadedRows, lastLoadAt, lastError, blockedBy } = progress;
  const deadLetterCount = (await deadLetters().count().get()).data().count;
  return { through, position, loadedRows, lastLoadAt, lastError, blockedBy, deadLetterCount };
}
