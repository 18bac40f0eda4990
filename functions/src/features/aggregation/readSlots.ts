import type { Selection } from '../../core/analytics/select.ts';
import type { Slot } from '../../core/analytics/slots.ts';
import { AppError } from '../../core/errors.ts';
import type { Cell } from '../../core/rollup/cell.ts';
import { documentId } from '../../core/rollup/document.ts';
import { mergeAll } from '../../core/rollup/openBucket.ts';
import { servedRollupVersion } from '../../platform/rollupVersions.ts';
import { readDocuments } from './readDocuments.ts';

/** Documents that are read for one part of an answer. */
export const MAX_DOCUMENTS_READ = 800;

/**
 * The selected cells of each stretch of time, in order, of the version of the rollups that is served unless told otherwise.
 * Throws AppError `invalid_request`, before it reads, where that would take more than 800 documents.
 */
export async function readSlots(
  slots: readonly Slot[],
  selection: Pick<Selection, 'parts' | 'has'>,
  rollupVersion: number = servedRollupVersion(),
): Promise<Map<string, Cell>[]> {
  const idsOfSlots = slots.map(({ tiles }) =>
    tiles.flatMap((tile) => selection.parts(tile).map((part) => documentId(tile, part, rollupVersion))),
  );
  const distinct = [...new Set(idsOfSlots.flat())];
  assertFew(distinct.length);
  const stored = await readDocuments(distinct);
  return idsOfSlots.map((ids) => {
    const sum = new Map<string, Cell>();
    for (const id of ids) mergeAll(sum, stored.get(id) ?? new Map());
    return new Map([...sum].filter(([key]) => selection.has(key)));
  });
}

function assertFew(documents: number): void {
  if (documents <= MAX_DOCUMENTS_READ) return;
  const message = `That takes ${documents} documents, more than ${MAX_DOCUMENTS_READ}: ask for a shorter period, a coarser granularity, or days of UTC or a reporting zone.`;
  throw new AppError('invalid_request', message, [{ path: 'from', message: 'too much' }]);
}
