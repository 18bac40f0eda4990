import type { Cell } from '../../core/rollup/cell.ts';
import { decodeCells } from '../../core/rollup/codec.ts';
import { readBuckets } from '../../platform/rollups.ts';

const AT_ONCE = 200;

/** The cells of the rollup documents under these ids; what is not there is not in it. A read for each. */
export async function readDocuments(ids: readonly string[]): Promise<Map<string, Map<string, Cell>>> {
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
