import { type Backend, Read } from '../engine/read.ts';
import { unimplemented } from '../errors.ts';
import { checkDocumentPath, collectionIdOf, parseName } from '../names.ts';
import { aggregatedFields } from '../query/aggregate.ts';
import { Query } from '../query/query.ts';
import { withMasked } from '../values/field-path.ts';
import type { Aggregation, Consistency, DocumentMask, StoredDocument, StructuredQuery } from '../wire.ts';

/** The part of a document that a mask names; all of it without a mask. */
export function maskedDocument(document: StoredDocument, mask: DocumentMask | undefined): StoredDocument {
  return mask ? { ...document, fields: withMasked({}, document.fields, mask.fieldPaths ?? []) } : document;
}

interface BatchGetRequest extends Consistency {
  database: string;
  documents?: string[];
  mask?: DocumentMask;
}

export async function batchGet(backend: Backend, request: BatchGetRequest, peer: string) {
  const { database } = parseName(request.database);
  const paths = (request.documents ?? []).map((name) => parseName(name).path);
  for (const path of paths) checkDocumentPath(path);
  const read = new Read(backend, database, request, peer);
  const documents = await read.documents(paths);
  const head = read.head();
  for (const path of paths) backend.engine.usage.record('reads', collectionIdOf(path), 'get');
  const responses = documents.map((found, at) => {
    const missing = backend.engine.documentName(database, paths[at] ?? '');
    return { ...(found ? { found: maskedDocument(found, request.mask) } : { missing }), readTime: head.readTime };
  });
  return withHead(responses, head);
}

interface RunQueryRequest extends Consistency {
  parent: string;
  structuredQuery?: StructuredQuery;
  explainOptions?: object;
}

/** Answers a query; at least one response tells the read time, documents or not. */
export async function runQuery(backend: Backend, request: RunQueryRequest, peer: string) {
  if (request.explainOptions) throw unimplemented('Query explain is not implemented here.');
  const query = new Query(backend.engine, request.parent, request.structuredQuery ?? {});
  const read = new Read(backend, query.database, request, peer);
  const documents = await read.query(query);
  const skippedResults = documents.length > 0 ? query.offset : 0;
  const { usage } = backend.engine;
  usage.record('reads', query.collectionId ?? '', 'query', Math.max(1, documents.length + skippedResults));
  const { readTime, ...started } = read.head();
  const select = request.structuredQuery?.select;
  const fieldPaths = (select?.fields ?? []).map(({ fieldPath }) => fieldPath).filter((path) => path !== '__name__');
  const responses = documents.map((document) => ({
    document: maskedDocument(document, select && { fieldPaths }),
    readTime,
  }));
  return withHead(responses, { readTime, ...started, ...(skippedResults > 0 && { skippedResults }) });
}

interface RunAggregationRequest extends Consistency {
  parent: string;
  structuredAggregationQuery?: { structuredQuery?: StructuredQuery; aggregations?: Aggregation[] };
}

export function runAggregation(backend: Backend, request: RunAggregationRequest, peer: string) {
  const { structuredQuery = {}, aggregations = [] } = request.structuredAggregationQuery ?? {};
  const query = new Query(backend.engine, request.parent, structuredQuery, aggregatedFields(aggregations));
  const read = new Read(backend, query.database, request, peer);
  const { aggregateFields, entries } = read.aggregate(query, aggregations);
  const { usage } = backend.engine;
  usage.record('reads', query.collectionId ?? '', 'aggregate', Math.max(1, Math.ceil(entries / 1000)));
  return [{ result: { aggregateFields }, ...read.head() }];
}

/** PartitionQuery: cursors that cut a collection group into parts of about the same size. */
export function partitionQuery(
  { engine }: Backend,
  request: { parent: string; structuredQuery?: StructuredQuery; partitionCount?: string },
) {
  const query = new Query(engine, request.parent, request.structuredQuery ?? {});
  const wanted = Number(request.partitionCount ?? 1);
  const names = query.run().map(({ name }) => name);
  engine.usage.record('reads', query.collectionId ?? '', 'query', 1);
  const step = names.length / (wanted + 1);
  const cuts = new Set(Array.from({ length: wanted }, (_, at) => names[Math.round((at + 1) * step)]));
  const partitions = [...cuts].filter((name) => name !== undefined && name !== names[0]);
  return { partitions: partitions.map((name) => ({ values: [{ referenceValue: name }], before: true })) };
}

/** Adds to the first response what only that one carries; without any, that is the only one. */
function withHead(responses: readonly object[], head: object): object[] {
  return [{ ...responses[0], ...head }, ...responses.slice(1)];
}
