import { invalidQuery } from '../errors.ts';
import type { TranslatedQuery } from './context.ts';
import { translateExpression } from './expression.ts';
import type { FromContext, TableSource } from './from.ts';
import { Scope } from './scope.ts';
import { limitOf, orderBy, translateSelect, UNNAMED } from './select.ts';
import { listOf, nameOf, nodeOf, only, spelt, type Tree, unknown } from './tree.ts';
import { identifier, type Typed } from './types.ts';

export interface TranslateOptions {
  parameters: ReadonlyMap<string, Typed>;
  nowMs: number;
  /** Throws BigQueryError 404 when there is no such table. */
  table(path: string[]): TableSource;
}

interface Place extends TranslateOptions {
  outer: Scope | undefined;
  ctes: ReadonlyMap<string, TranslatedQuery>;
}

/**
 * A parsed GoogleSQL query in DuckDB's words. Only what the allow-list names is translated (FUNCTIONS, DATE_FUNCTIONS,
 * EXPRESSION_SYNTAX, and the clauses here and in `select`), each with its types checked as BigQuery would; anything else
 * throws BigQueryError naming the construct.
 */
export function translateQuery(tree: unknown, options: TranslateOptions): TranslatedQuery {
  const query = translated(tree, { ...options, outer: undefined, ctes: new Map() });
  const names = query.columns.map(({ name }) => name.toLowerCase());
  const repeated = names.find((name, at) => names.indexOf(name) !== at);
  if (repeated) throw invalidQuery(`Duplicate column names in the result are not supported: ${repeated}`);
  let unnamed = 0;
  const columns = query.columns.map(({ name, type }) => ({
    name: name.startsWith(UNNAMED) ? `f${unnamed++}_` : name,
    type,
  }));
  return { sql: query.sql, columns };
}

function translated(tree: unknown, place: Place): TranslatedQuery {
  const [kind, all] = nodeOf(tree);
  const { with: withClause, ...fields } = all;
  const { ctes, prefix } = withCtes(withClause as Tree | null, place);
  const inner = { ...place, ctes };
  const { sql, columns } = body(kind, fields, inner);
  return { sql: prefix + sql, columns };
}

function body(kind: string, fields: Tree, place: Place): TranslatedQuery {
  if (kind === 'select') return translateSelect(fields, contextOf(place));
  if (kind === 'union') return translateUnion(fields, place);
  if (kind === 'subquery' || kind === 'paren') {
    only('()', fields, ['this', 'modifiers_inside']);
    const { sql, columns } = translated(fields.this, place);
    return { sql: `(${sql})`, columns };
  }
  throw unknown(`the statement ${spelt(kind)}`);
}

function contextOf(place: Place): FromContext {
  const scope = new Scope(place.outer);
  const context: FromContext = {
    scope,
    parameters: place.parameters,
    nowMs: place.nowMs,
    expression: (tree) => translateExpression(tree, context),
    subquery: (tree) => translated(tree, { ...place, outer: scope }),
    table: (path) => {
      const cte = path.length === 1 ? place.ctes.get((path[0] ?? '').toLowerCase()) : undefined;
      return cte ?? place.table(path);
    },
  };
  return context;
}

/** https://cloud.google.com/bigquery/docs/reference/standard-sql/query-syntax#with_clause, not recursive. */
function withCtes(clause: Tree | null, place: Place): { ctes: ReadonlyMap<string, TranslatedQuery>; prefix: string } {
  if (!clause) return { ctes: place.ctes, prefix: '' };
  only('WITH', clause, ['ctes']);
  const ctes = new Map(place.ctes);
  const parts = listOf(clause.ctes).map((cte) => {
    only('WITH', cte as Tree, ['alias', 'this']);
    const name = nameOf((cte as Tree).alias) ?? '';
    const { sql, columns } = translated((cte as Tree).this, { ...place, ctes });
    ctes.set(name.toLowerCase(), { sql: identifier(name), columns });
    return `${identifier(name)} AS (${sql})`;
  });
  return { ctes, prefix: `WITH ${parts.join(', ')} ` };
}

/** https://cloud.google.com/bigquery/docs/reference/standard-sql/query-syntax#union: both sides with the very same types. */
function translateUnion(fields: Tree, place: Place): TranslatedQuery {
  only('UNION', fields, ['left', 'right', 'all', 'distinct', 'order_by', 'limit', 'offset']);
  if (nodeOf(fields.left)[0] === 'union' && (nodeOf(fields.left)[1].all === true) !== (fields.all === true)) {
    throw invalidQuery('UNION ALL and UNION DISTINCT cannot be mixed without parentheses.');
  }
  const [left, right] = [translated(fields.left, place), translated(fields.right, place)];
  const types = (query: TranslatedQuery) => query.columns.map(({ type }) => type).join(', ');
  if (types(left) !== types(right)) {
    throw invalidQuery(
      `UNION needs the same types on both sides; found (${types(left)}) and (${types(right)}); use CAST.`,
    );
  }
  const { columns } = left;
  const items = columns.map(({ name, type }) => ({ name, value: { sql: identifier(name), type } }));
  const { expression } = contextOf(place);
  const tail = orderBy(fields.order_by as Tree | null, items, { expression }, true) + limitOf(fields, { expression });
  const operator = fields.all === true ? 'UNION ALL' : 'UNION';
  return { sql: `${left.sql} ${operator} ${right.sql}${tail}`, columns };
}
