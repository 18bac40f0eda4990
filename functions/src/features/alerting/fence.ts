import { projectionState } from '../../platform/collections.ts';
import { Timestamp, type Version, type WriteBatch } from '../../platform/firestore.ts';

/** `projection_state/alerts`: how far was evaluated. Each change that an evaluation makes is conditional on its version. */
export interface Fence {
  /** Raised with each write. */
  revision: number;
  /** The last minute of the data that all rules saw. */
  evaluatedThrough: Date | undefined;
  /** The last minute of real time in which the pipeline's own rules were evaluated. */
  pipelineThrough: Date | undefined;
  /** Default rules that were once created: one that somebody deleted does not come back. */
  seeded: readonly string[];
  /** Which state of the document this is; undefined: it is not there. */
  version: Version | undefined;
}

const fenceRef = () => projectionState('alerts');

/** The fence as it is. A read. */
export async function readFence(): Promise<Fence> {
  const snapshot = await fenceRef().get();
  return {
    revision: Number(snapshot.get('revision') ?? 0),
    evaluatedThrough: dateIn(snapshot.get('evaluatedThrough')),
    pipelineThrough: dateIn(snapshot.get('pipelineThrough')),
    seeded: snapshot.get('seeded') ?? [],
    version: snapshot.updateTime,
  };
}

/** What can be noted beside the revision. */
export type FenceFields = Partial<{
  evaluatedThrough: Date;
  pipelineThrough: Date;
  seeded: readonly string[];
  /** What the last evaluation did, for those who look. */
  last: Record<string, number | Date | boolean>;
}>;

/** Makes the batch fail if anybody moved the fence since it was read, and moves it. */
export function moveFence(batch: WriteBatch, { revision, version }: Fence, fields: FenceFields = {}): void {
  const next = { ...fields, revision: revision + 1 };
  if (version) batch.update(fenceRef(), next, { lastUpdateTime: version });
  else batch.create(fenceRef(), next);
}

function dateIn(value: unknown): Date | undefined {
  return value instanceof Timestamp ? value.toDate() : undefined;
}
