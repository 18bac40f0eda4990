import type { Cell } from '../../../core/rollup/cell.ts';
import { mergeAll } from '../../../core/rollup/openBucket.ts';
import { logOf } from '../../../platform/logs.ts';
import { readDocuments } from '../../aggregation/index.ts';
import type { CellQuery } from './query.ts';

const log = logOf('alerting.observe');

/** Documents that one evaluation reads at most; queries beyond that are left out, and said to be. */
const MAX_DOCUMENTS = 5_000;

/** The selected cells of each query, by its key. Every document is read once, however many queries need it. */
export async function readCells(queries: Iterable<CellQuery>): Promise<Map<string, Map<string, Cell>>> {
  const distinct = new Map([...queries].map((query) => [query.key, query]));
  const ids = new Set<string>();
  const affordable: CellQuery[] = [];
  for (const query of distinct.values()) {
    const more = query.documentIds.filter((id) => !ids.has(id));
    if (ids.size + more.length > MAX_DOCUMENTS) {
      log.error('left out', new Error('the rules need too many documents'), { query: query.key });
      continue;
    }
    for (const id of more) ids.add(id);
    affordable.push(query);
  }
  const documents = await readDocuments([...ids]);
  return new Map(affordable.map((query) => [query.key, cellsOf(query, documents)]));
}

function cellsOf(
  { documentIds, selection }: CellQuery,
  documents: ReadonlyMap<string, Map<string, Cell>>,
): Map<string, Cell> {
  const sum = new Map<string, Cell>();
  for (const id of documentIds) {
    const selected = [...(documents.get(id) ?? [])].filter(([key]) => selection.has(key));
    mergeAll(sum, new Map(selected));
  }
  return sum;
}
