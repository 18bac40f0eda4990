import type { RollupEvent } from '../../core/rollup/contribution.ts';
import { documentId, type RollupDocument } from '../../core/rollup/document.ts';
import { type FoldOptions, foldEvents } from '../../core/rollup/fold.ts';
import type { LoggedEvent } from '../../platform/eventLog.ts';

export interface VersionedFold extends FoldOptions {
  rollupVersion: number;
}

/** Rollup documents by the ids that they have in a version of the rollups. */
export type DocumentsById = ReadonlyMap<string, RollupDocument>;

/** What events come to, in a version of the rollups. All versions count the same as long as this does not tell them apart. */
export function foldInto(events: Iterable<RollupEvent>, { rollupVersion, ...options }: VersionedFold): DocumentsById {
  const documents = new Map<string, RollupDocument>();
  for (const document of foldEvents(events, options).documents.values()) {
    const id = documentId(document.bucket, document.part, rollupVersion);
    documents.set(id, { ...document, id });
  }
  return documents;
}

/** The oldest of these events that change no more documents than one step may, and what they come to. Always at least one. */
export function foldWhatFits(
  events: readonly LoggedEvent[],
  options: VersionedFold,
  maxDocuments: number,
): { taken: readonly LoggedEvent[]; documents: DocumentsById } {
  for (let count = events.length; ; count = Math.ceil(count / 2)) {
    const taken = events.slice(0, count);
    const documents = foldInto(taken, options);
    if (documents.size <= maxDocuments || count <= 1) return { taken, documents };
  }
}
