import { invalidQuery } from '../errors.ts';
import type { Context, TranslatedQuery } from './context.ts';
import type { Scope, Source } from './scope.ts';
import { listOf, nameOf, nodeOf, only, type Tree, unknown } from './tree.ts';
import { coerced, elementOf, identifier, isOrdered } from './types.ts';

/** What a table name in a query stands for: where its rows come from and their columns. */
export type TableSource = TranslatedQuery;

export interface FromContext extends Context {
  /** Throws BigQueryError 404 when there is no such table. `path` is 1 to 3 names. */
  table(path: string[]): TableSource;
}

/** The FROM clause, whose range variables are added to the scope. https://cloud.google.com/bigquery/docs/reference/standard-sql/query-syntax#from_clause */
export function translateFrom(fields: Tree, context: FromContext): string {
  const items = listOf((fields.from as Tree | null)?.expressions);
  if (items.length === 0) return '';
  // Each item is added before the next is read: a comma is a join, and UNNEST may name what stands before it.
  const sql = items.map((item) => added(item, context).sql).join(' CROSS JOIN ');
  return ` FROM ${sql}${listOf(fields.joins)
    .map((join) => joined(join as Tree, context))
    .join('')}`;
}

function added(item: unknown, context: FromContext): { sql: string; source: Source } {
  const result = sourceOf(item, context);
  context.scope.add(result.source);
  return result;
}

function sourceOf(item: unknown, context: FromContext): { sql: string; source: Source } {
  const [kind, fields] = nodeOf(item);
  if (kind === 'table') {
    only('a table', fields, ['name', 'schema', 'catalog', 'alias']);
    const path = [fields.catalog, fields.schema, fields.name].flatMap((part) => nameOf(part)?.split('.') ?? []);
    const { sql, columns } = context.table(path);
    const alias = nameOf(fields.alias) ?? path.at(-1) ?? '';
    return { sql: `${sql} AS ${identifier(alias)}`, source: { alias, columns } };
  }
  if (kind === 'subquery') {
    only('a subquery', fields, ['this', 'alias']);
    const { sql, columns } = context.subquery(fields.this);
    const alias = nameOf(fields.alias) ?? `subquery_${context.scope.sources.length}`;
    return { sql: `(${sql}) AS ${identifier(alias)}`, source: { alias, columns } };
  }
  if (kind === 'alias') {
    only('an alias', fields, ['this', 'alias']);
    const [inner, unnest] = nodeOf(fields.this);
    if (inner === 'unnest') return unnested({ ...unnest, alias: fields.alias }, context);
  }
  if (kind === 'unnest') return unnested(fields, context);
  throw unknown(`${kind} in FROM`);
}

function unnested(fields: Tree, { expression }: Context): { sql: string; source: Source } {
  only('UNNEST', fields, ['this', 'alias']);
  const list = expression(fields.this);
  const element = elementOf(list.type);
  const alias = nameOf(fields.alias);
  if (!element || alias === undefined) throw invalidQuery('UNNEST in FROM needs an array and an alias.');
  const name = identifier(alias);
  return {
    sql: `unnest(${list.sql}) AS ${name}(${name})`,
    source: { alias, columns: [{ name: alias, type: element }] },
  };
}

const JOINS: Readonly<Record<string, string>> = {
  Inner: 'JOIN',
  Left: 'LEFT JOIN',
  Cross: 'CROSS JOIN',
  Full: 'FULL JOIN',
};

function joined(join: Tree, context: FromContext): string {
  only('JOIN', join, ['this', 'kind', 'on', 'using']);
  const keyword = JOINS[String(join.kind)];
  if (!keyword) throw unknown(`${String(join.kind)} JOIN`);
  const before = [...context.scope.sources];
  const { sql, source } = added(join.this, context);
  const using = listOf(join.using).map((name) => nameOf(name) ?? '');
  if (using.length > 0) return ` ${keyword} ${sql} USING (${merge(using, before, source, context.scope)})`;
  if (join.on) return ` ${keyword} ${sql} ON ${coerced(context.expression(join.on), 'BOOL')}`;
  if (keyword !== 'CROSS JOIN') throw invalidQuery('A JOIN needs ON or USING.');
  return ` ${keyword} ${sql}`;
}

function merge(names: string[], before: Source[], joined: Source, scope: Scope): string {
  const typeIn = ({ columns }: Source, name: string) =>
    columns.find((column) => column.name.toLowerCase() === name.toLowerCase())?.type;
  for (const name of names) {
    const [left] = before.map((source) => typeIn(source, name)).filter((type) => type !== undefined);
    const right = typeIn(joined, name);
    if (!left || left !== right || !isOrdered(left)) {
      throw invalidQuery(`Column ${name} in USING must be on both sides with the same type.`);
    }
    scope.merged.add(name.toLowerCase());
  }
  return names.map(identifier).join(', ');
}
