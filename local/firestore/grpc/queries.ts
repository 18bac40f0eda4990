import type { StoredDocument } from '../change.ts';
import { unimplemented } from '../errors.ts';
import { aggregate, withAggregatedFields } from '../query/aggregate.ts';
import { compileQuery, type FirestoreQuery } from '../query/compile.ts';
import { timestampFromMicros } from '../values/time.ts';
import type { Aggregation, Consistency, DocumentMask, ProtoTimestamp, StructuredQuery } from '../wire.ts';
import type { Caller } from './call.ts';
import { type Backend, maskedDocument, readContext } from './documents.ts';

interface RunQueryRequest extends Consistency {
  parent: string;
  structuredQuery?: StructuredQuery;
  explainOptions?: object;
}

interface RunQueryResponse {
  document?: StoredDocument;
  transaction?: Buffer;
  readTime?: ProtoTimestamp;
  skippedResults?: number;
}

/** Answers a query; at least one response tells the read time, documents or not. */
export async function runQuery(
  backend: Backend,
  request: RunQueryRequest,
  caller: Caller,
): Promise<Iterable<RunQueryResponse>> {
  const { engine, transactions, snapshots } = backend;
  if (request.explainOptions) throw unimplemented('Query explain is not implemented here.');
  const query = compileQuery(engine, request.parent, request.structuredQuery ?? {});
  const { locking, readMicros, started } = readContext(backend, query.database, request, caller);
  const run = readMicros === undefined ? () => query.run() : () => snapshots.run(query, readMicros);
  const documents = locking ? await transactions.query(locking, run) : run();
  const readTime = timestampFromMicros(readMicros ?? engine.readMicros());
  const skippedResults = documents.length > 0 ? query.offset : 0;
  engine.usage.record('reads', query.collectionId ?? '', 'query', Math.max(1, documents.length + skippedResults));
  const select = request.structuredQuery?.select;
  const mask = select && {
    fieldPaths: (select.fields ?? []).map(({ fieldPath }) => fieldPath).filter((path) => path !== '__name__'),
  };
  return responses(documents, mask, {
    readTime,
    ...(skippedResults > 0 && { skippedResults }),
    ...(started && { transaction: started }),
  });
}

function* responses(
  documents: readonly StoredDocument[],
  mask: DocumentMask | undefined,
  head: RunQueryResponse,
): Generator<RunQueryResponse> {
  const [first, ...others] = documents;
  yield first ? { ...head, document: maskedDocument(first, mask) } : head;
  for (const document of others)
    yield { document: maskedDocument(document, mask), readTime: head.readTime as ProtoTimestamp };
}

interface RunAggregationRequest extends Consistency {
  parent: string;
  structuredAggregationQuery?: { structuredQuery?: StructuredQuery; aggregations?: Aggregation[] };
}

export async function runAggregation(backend: Backend, request: RunAggregationRequest, caller: Caller) {
  const { engine, transactions, snapshots } = backend;
  const { structuredQuery = {}, aggregations = [] } = request.structuredAggregationQuery ?? {};
  const query = compileQuery(engine, request.parent, withAggregatedFields(structuredQuery, aggregations));
  const { locking, readMicros, started } = readContext(backend, query.database, request, caller);
  const past = readMicros === undefined ? undefined : () => snapshots.run(query, readMicros);
  const answer = () => aggregate(query, aggregations, past);
  const { aggregateFields, entries } = answer();
  if (locking)
    transactions.remember(locking, () => JSON.stringify(answer()), JSON.stringify({ aggregateFields, entries }));
  engine.usage.record('reads', query.collectionId ?? '', 'aggregate', Math.max(1, Math.ceil(entries / 1000)));
  const readTime = timestampFromMicros(readMicros ?? engine.readMicros());
  return [{ result: { aggregateFields }, readTime, ...(started && { transaction: started }) }];
}

/** PartitionQuery: cursors that cut a collection group into parts of about the same size. */
export function partitionQuery(
  { engine }: Backend,
  request: { parent: string; structuredQuery?: StructuredQuery; partitionCount?: string },
) {
  const query: FirestoreQuery = compileQuery(engine, request.parent, request.structuredQuery ?? {});
  const wanted = Number(request.partitionCount ?? 1);
  const names = query.run().map(({ name }) => name);
  engine.usage.record('reads', query.collectionId ?? '', 'query', 1);
  const step = names.length / (wanted + 1);
  const cuts = new Set(Array.from({ length: wanted }, (_, at) => names[Math.round((at + 1) * step)]));
  const partitions = [...cuts].filter((name) => name !== undefined && name !== names[0]);
  return { partitions: partitions.map((name) => ({ values: [{ referenceValue: name }], before: true })) };
}
