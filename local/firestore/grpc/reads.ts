import { type Backend, Read } from '../engine/read.ts';
import { checkDocumentPath, collectionIdOf, parseName } from '../names.ts';
import { aggregatedFields } from '../query/aggregate.ts';
import { Query } from '../query/query.ts';
import { withMasked } from '../values/field-path.ts';
import type { Aggregation, Consistency, DocumentMask, StoredDocument, StructuredQuery } from '../wire.ts';
import { type ExplainOptions, explainMetrics } from './explain.ts';

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
  const paths = (request.documents ?? []).map((name) => backend.engine.pathOf(database, name));
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
  explainOptions?: ExplainOptions;
}

/** Answers a query; at least one response tells the read time, documents or not. */
export async function runQuery(backend: Backend, request: RunQueryRequest, peer: string) {
  const beganMs = performance.now();
  const query = new Query(backend.engine, request.parent, request.structuredQuery ?? {});
  const { usage } = backend.engine;
  const { explainOptions } = request;
  if (explainOptions && !explainOptions.analyze) {
    usage.record('reads', query.collectionId ?? '', 'query');
    return [{ explainMetrics: explainMetrics(query) }];
  }
  const read = new Read(backend, query.database, request, peer);
  const documents = await read.query(query);
  const skippedResults = documents.length > 0 ? query.offset : 0;
  const billed = documents.length + skippedResults;
  usage.record('reads', query.collectionId ?? '', 'query', Math.max(1, billed));
  const { readTime, ...started } = read.head();
  const select = request.structuredQuery?.select;
  const fieldPaths = (select?.fields ?? []).map(({ fieldPath }) => fieldPath).filter((path) => path !== '__name__');
  const responses = documents.map((document) => ({
    document: maskedDocument(document, select && { fieldPaths }),
    readTime,
  }));
  const answer = withHead(responses, { readTime, ...started, ...(skippedResults > 0 && { skippedResults }) });
  if (!explainOptions) return answer;
  const execution = {
    results: documents.length,
    documents: billed,
    indexEntriesScanned: query.tally.entries,
    indexEntriesBillable: 0,
    durationMs: performance.now() - beganMs,
  };
  return [...answer, { readTime, explainMetrics: explainMetrics(query, execution) }];
}

interface RunAggregationRequest extends Consistency {
  parent: string;
  structuredAggregationQuery?: { structuredQuery?: StructuredQuery; aggregations?: Aggregation[] };
  explainOptions?: ExplainOptions;
}

export function runAggregation(backend: Backend, request: RunAggregationRequest, peer: string): object[] {
  const beganMs = performance.now();
  const { explainOptions } = request;
  const { structuredQuery = {}, aggregations = [] } = request.structuredAggregationQuery ?? {};
  const query = new Query(backend.engine, request.parent, structuredQuery, aggregatedFields(aggregations));
  if (explainOptions && !explainOptions.analyze) {
    backend.engine.usage.record('reads', query.collectionId ?? '', 'aggregate');
    return [{ explainMetrics: explainMetrics(query) }];
  }
  const read = new Read(backend, query.database, request, peer);
  const { aggregateFields, entries } = read.aggregate(query, aggregations);
  const { usage } = backend.engine;
  usage.record('reads', query.collectionId ?? '', 'aggregate', Math.max(1, Math.ceil(entries / 1000)));
  const execution = {
    results: 1,
    documents: 0,
    indexEntriesScanned: entries,
    indexEntriesBillable: entries,
    durationMs: performance.now() - beganMs,
  };
  const explained = explainOptions && { explainMetrics: explainMetrics(query, execution) };
  return [{ result: { aggregateFields }, ...read.head(), ...explained }];
}

/** Adds to the first response what only that one carries; without any, that is the only one. */
function withHead(responses: readonly object[], head: object): object[] {
  return [{ ...responses[0], ...head }, ...responses.slice(1)];
}
