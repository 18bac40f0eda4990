import type { StoredDocument } from '../change.ts';

/** A query made ready to run, and to be asked about single documents (for listeners). */
export interface CompiledQuery {
  database: string;
  /** Path of the document under which it looks; '' for the root. */
  parent: string;
  /** Absent in a query over all collections below `parent`. */
  collectionId: string | undefined;
  allDescendants: boolean;
  limit: number | undefined;
  offset: number;
  /** Whether the document belongs to the result, were there no limit and no offset. */
  matches(document: StoredDocument): boolean;
  /** The order of the result, ending with the document name: never 0 for two documents. (limitToLast arrives reversed.) */
  compare(a: StoredDocument, b: StoredDocument): number;
  /** The result in order, offset and limit applied. Throws FAILED_PRECONDITION when an index is missing. */
  run(): StoredDocument[];
}
