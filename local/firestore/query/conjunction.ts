import { keyHead } from '../index/keys.ts';
import { ALL, EVERYTHING, intersection, inverted, invertedRange } from '../values/ranges.ts';
import type { StoredDocument } from '../wire.ts';
import type { Condition } from './conditions.ts';
import { joined } from './join.ts';
import { type IndexUse, planOf } from './plan.ts';
import type { Query } from './query.ts';
import { EntryStream } from './stream.ts';

/** One AND of conditions, answered from indexes. */
export interface Conjunction {
  /** Whether the entries alone decide, so that they can be counted without looking at documents. */
  exact: boolean;
  /** In the order of the query. */
  documents(): Generator<StoredDocument>;
  /** The number of entries, up to `limit`; right only when `exact`. */
  count(limit: number): number;
}

/** Throws FAILED_PRECONDITION when an index is missing. */
export function conjunctionOf(query: Query, conditions: readonly Condition[]): Conjunction {
  const { engine, scope, database, parent, collectionId = '', sortKeys } = query;
  const { store } = engine;
  const { uses, suffix } = planOf(query, conditions);
  const [first] = suffix;
  const onFirst = conditions.filter((one) => one.fieldPath === first?.fieldPath && one.operator !== 'contains');
  let ranges = onFirst.reduce((left, { ranges: right }) => intersection(left, right), EVERYTHING);
  if (first?.direction === 'DESCENDING') ranges = ranges.map(invertedRange).reverse();
  const cursorsFit = suffix.length === sortKeys.order.length;
  if (cursorsFit) ranges = intersection(ranges, [sortKeys.cursors]);
  const decided = [...onFirst, ...uses.flatMap(({ fixed }) => fixed.map(({ condition }) => condition))];

  const streamOf = ({ term, fixed, backwards }: IndexUse): EntryStream => {
    const inGroup = scope === 'COLLECTION_GROUP';
    const { terms } = store;
    const scopeNo = inGroup ? terms.group(database, collectionId) : terms.collection(database, parent, collectionId);
    const values = fixed.map(({ condition: { operand }, descending }) => (descending ? inverted(operand) : operand));
    const prefix = Buffer.concat([keyHead(terms.index(term), scopeNo), ...values]);
    return new EntryStream(store, prefix, ranges, backwards, query.tally);
  };
  return {
    exact:
      uses.length === 1 && (cursorsFit || sortKeys.cursors === ALL) && conditions.every((c) => decided.includes(c)),
    *documents() {
      for (const documentNo of joined(uses.map(streamOf))) {
        const document = store.documentByNo(documentNo);
        if (sortKeys.of(document) && conditions.every((one) => one.satisfiedBy(document))) yield document;
      }
    },
    count: (limit) => uses.map(streamOf)[0]?.count(limit) ?? 0,
  };
}
