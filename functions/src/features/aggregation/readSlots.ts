import type { Selection } from '../../core/analytics/select.ts';
import type { Slot } from '../../core/analytics/slots.ts';
import { AppError } from '../../core/errors.ts';
import type { Cell } from '../../core/rollup/cell.ts';
import { decodeCells } from '../../core/rollup/codec.ts';
import { documentId } from '../../core/rollup/document.ts';
import { mergeAll } from '../../core/rollup/openBucket.ts';
import { readBuckets } from '../../platform/rollups.ts';
import { servedRollupVersion } from '../../platform/rollupVersions.ts';

/** Documents that are read for one part of an answer. */
export const MAX_DOCUMENTS_READ = 800;
const AT_ONCE = 200;

/**
 * The selected cells of each stretch of time, in order, of the version of the rollups that is served unless told otherwise. Throws AppError `invalid_request`, before it reads, where that would
 * take more than 800 documents.
 */
export async function readSlots(
  slots: readonly Slot[],
  selection: Selection,
  rollupVersion: number = servedRollupVersion(),
): Promise<Map<string, Cell>[]> {
  const idsOfSlots = slots.map(({ tiles }) =>
    tiles.flatMap((tile) => selection.parts(tile).map((part) => documentId(tile, part, rollupVersion))),
  );
  const stored = await readAll([...new Set(idsOfSlots.flat())]);
  return idsOfSlots.map((ids) => {
    const sum = new Map<string, Cell>();
    for (const id of ids) mergeAll(sum, stored.get(id) ?? new Map());
    return new Map([...sum].filter(([key]) => selection.has(key)));
  });
}

async function readAll(ids: readonly string[]): Promise<Map<string, Map<string, Cell>>> {
  if (ids.length > MAX_DOCUMENTS_READ) {
    const message = `That takes ${ids.length} documents, more than ${MAX_DOCUMENTS_READ}: ask for a shorter period, a coarser granularity, or days of UTC or a reporting zone.`;
    throw new AppError('invalid_request', message, [{ path: 'from', message: 'too much' }]);
  }
  const found = new Map<string, Map<string, Cell>>();
  for (let from = 0; from < ids.length; from += AT_ONCE) {
    const some = ids.slice(from, from + AT_ONCE);
    for (const [i, bytes] of (await readBuckets(some)).entries()) {
      const id = some[i];
      if (bytes && id !== undefined) found.set(id, decodeCells(bytes));
    }
  }
  return found;
}
