import type { Backend } from '../engine/read.ts';
import { invalid } from '../errors.ts';
import { indexTerm, keyHead } from '../index/keys.ts';
import { NAME_FIELD } from '../query/conditions.ts';
import { Query } from '../query/query.ts';
import { EntryStream } from '../query/stream.ts';
import { EVERYTHING } from '../values/ranges.ts';
import type { StructuredQuery } from '../wire.ts';
import { type Paging, page } from './lists.ts';

interface PartitionQueryRequest extends Paging {
  parent: string;
  structuredQuery?: StructuredQuery;
  partitionCount?: string;
}

/**
 * Cursors that cut a collection group into `partitionCount` + 1 parts of about the same size, fewer when there are too
 * few documents. Throws INVALID_ARGUMENT.
 */
export function partitionQuery({ engine }: Backend, request: PartitionQueryRequest) {
  const { parent, structuredQuery = {}, partitionCount } = request;
  const query = new Query(engine, parent, structuredQuery);
  const wanted = Number(partitionCount ?? 0);
  if (wanted <= 0) throw invalid('partition_count must be positive.');
  if (!isWholeGroup(structuredQuery)) {
    throw invalid('Only a query of a whole collection group by name can be cut into partitions.');
  }
  engine.usage.record('reads', query.collectionId ?? '', 'query', 1);
  const names = cuts(query, wanted);
  const { items, ...next } = page(names, request, names.length);
  return { partitions: items.map((referenceValue) => ({ values: [{ referenceValue }] })), ...next };
}

function isWholeGroup({ from = [], where, orderBy = [], startAt, endAt, offset, limit }: StructuredQuery): boolean {
  const byName = orderBy.every(({ field, direction }) => field.fieldPath === NAME_FIELD && direction !== 'DESCENDING');
  return Boolean(
    from[0]?.allDescendants && from[0].collectionId && byName && !where && !startAt && !endAt && !offset && !limit,
  );
}

/** The names of the documents that begin a part, without the first part's. */
function cuts(query: Query, wanted: number): string[] {
  const { store } = query.engine;
  const { terms } = store;
  const group = terms.group(query.database, query.collectionId ?? '');
  const head = keyHead(terms.index(indexTerm.name('COLLECTION_GROUP')), group);
  const step = query.count(Number.POSITIVE_INFINITY) / (wanted + 1);
  const positions = new Set(Array.from({ length: wanted }, (_, at) => Math.round((at + 1) * step)));
  const stream = new EntryStream(store, head, EVERYTHING, false);
  const names: string[] = [];
  let position = 0;
  for (let entry = stream.peek(); entry; entry = stream.peek()) {
    if (position > 0 && positions.has(position)) names.push(store.documentByNo(entry.documentNo).name);
    position++;
    stream.advance();
  }
  return names;
}
