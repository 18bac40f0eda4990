import type { IndexField } from '../index/definitions.ts';
import { scansOf } from '../query/plan.ts';
import type { Query } from '../query/query.ts';

/** What a request asks to be told besides its answer: the plan, and with `analyze` also how running it went. */
export type ExplainOptions = { analyze?: boolean };

/** What running a query took. */
export interface Execution {
  results: number;
  /** Billed ones, those that an offset skipped included. */
  documents: number;
  indexEntriesScanned: number;
  /** Billed ones: only aggregations pay for entries. */
  indexEntriesBillable: number;
  durationMs: number;
}

type Struct = { fields: Record<string, { stringValue: string } | { structValue: Struct }> };

/** Index entries that cost one read in an aggregation: cloud.google.com/firestore/pricing */
const ENTRIES_PER_READ = 1000;

/** google.firestore.v1.ExplainMetrics. Throws FAILED_PRECONDITION when an index is missing. */
export function explainMetrics(query: Query, execution?: Execution): object {
  const queryScope = query.scope === 'COLLECTION' ? 'Collection' : 'Collection group';
  const indexesUsed = scansOf(query).map((fields) => struct({ query_scope: queryScope, properties: printed(fields) }));
  return { planSummary: { indexesUsed }, ...(execution && { executionStats: statsOf(execution) }) };
}

function statsOf({ results, documents, indexEntriesScanned, indexEntriesBillable, durationMs }: Execution): object {
  const reads = documents + Math.ceil(indexEntriesBillable / ENTRIES_PER_READ);
  const seconds = Math.floor(durationMs / 1000);
  const billing = {
    documents_billable: String(documents),
    index_entries_billable: String(indexEntriesBillable),
    small_ops: '0',
    min_query_cost: reads === 0 ? '1' : '0',
  };
  return {
    resultsReturned: String(results),
    executionDuration: { seconds: String(seconds), nanos: Math.round((durationMs - seconds * 1000) * 1e6) },
    readOperations: String(Math.max(1, reads)),
    debugStats: struct({
      index_entries_scanned: String(indexEntriesScanned),
      documents_scanned: String(documents),
      billing_details: billing,
    }),
  };
}

/** `(kind ASC, tags ARRAY_CONTAINS, __name__ ASC)`, as in production. */
function printed(fields: readonly IndexField[]): string {
  const parts = fields.map(({ fieldPath, order, arrayConfig }) => {
    if (arrayConfig) return `${fieldPath} ARRAY_CONTAINS`;
    return `${fieldPath} ${order === 'DESCENDING' ? 'DESC' : 'ASC'}`;
  });
  return `(${parts.join(', ')})`;
}

function struct(values: Record<string, string | Record<string, string>>): Struct {
  const entries = Object.entries(values).map(([name, value]) => [
    name,
    typeof value === 'string' ? { stringValue: value } : { structValue: struct(value) },
  ]);
  return { fields: Object.fromEntries(entries) };
}
