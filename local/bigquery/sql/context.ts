import type { Column, Scope } from './scope.ts';
import type { Tree } from './tree.ts';
import type { Typed } from './types.ts';

/** A query in DuckDB's words, and the columns it answers. */
export interface TranslatedQuery {
  sql: string;
  columns: Column[];
}

/** What the translation of an expression may use. */
export interface Context {
  scope: Scope;
  /** The values of `@name`, by name in lower case. */
  parameters: ReadonlyMap<string, Typed>;
  /** What CURRENT_TIMESTAMP answers. */
  nowMs: number;
  expression(tree: unknown): Typed;
  /** A query within this one, which may see this scope's names. */
  subquery(tree: unknown): TranslatedQuery;
}

/** A kind of node that a query may contain, where GoogleSQL describes it, and its translation. */
export interface AllowedSyntax {
  reference: string;
  translate(fields: Tree, context: Context): Typed;
}

export const SQL_REFERENCE = 'https://cloud.google.com/bigquery/docs/reference/standard-sql/';
