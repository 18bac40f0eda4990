import { invalidQuery } from '../errors.ts';
import type { Context, TranslatedQuery } from './context.ts';
import { type FromContext, translateFrom } from './from.ts';
import { listOf, nameOf, nodeOf, only, type Tree } from './tree.ts';
import { coerced, identifier, type Typed } from './types.ts';
import { orderable, orderItem } from './windows.ts';

const CLAUSES = [
  'expressions',
  'from',
  'joins',
  'where_clause',
  'group_by',
  'having',
  'qualify',
  'order_by',
  'limit',
  'offset',
  'distinct',
];

/** Starts the name of a column that the query gives none: no query can refer to it. */
export const UNNAMED = '$col';

interface Item {
  name: string;
  value: Typed;
}

/** One SELECT. https://cloud.google.com/bigquery/docs/reference/standard-sql/query-syntax */
export function translateSelect(fields: Tree, context: FromContext): TranslatedQuery {
  only('SELECT', fields, CLAUSES);
  const from = translateFrom(fields, context);
  const where = condition('WHERE', fields.where_clause, context);
  const items = listOf(fields.expressions).flatMap((tree, at) => itemsOf(tree, at, context));
  if (items.length === 0) throw invalidQuery('SELECT list must not be empty');
  // From here on aliases are visible; WHERE and the SELECT list itself must not see them.
  context.scope.aliases = new Map(items.map(({ name, value }) => [name.toLowerCase(), value]));
  const group = groupBy(fields.group_by as Tree | null, items, context);
  const having = condition('HAVING', fields.having, context);
  const qualify = condition('QUALIFY', fields.qualify, context);
  const order = orderBy(fields.order_by as Tree | null, items, context, fields.distinct === true);
  const list = items.map(({ name, value }) => `${withType(value)} AS ${identifier(name)}`).join(', ');
  const distinct = fields.distinct === true ? 'DISTINCT ' : '';
  if (distinct) for (const { value } of items) orderable(value, 'SELECT DISTINCT');
  const tail = group + having + qualify + order + limitOf(fields, context);
  return {
    sql: `SELECT ${distinct}${list}${from}${where}${tail}`,
    columns: items.map(({ name, value }) => ({ name, type: value.type === 'NULL' ? 'INT64' : value.type })),
  };
}

/** A bare NULL is an INT64 in a SELECT list. */
const withType = ({ sql, type }: Typed): string => (type === 'NULL' ? `CAST(${sql} AS BIGINT)` : sql);

function itemsOf(tree: unknown, at: number, { scope, expression }: Context): Item[] {
  const [kind, fields] = nodeOf(tree);
  if (kind === 'star') {
    only('*', fields, ['table', 'except']);
    const except = listOf(fields.except).map((name) => (nameOf(name) ?? '').toLowerCase());
    return scope.star(nameOf(fields.table)).filter(({ name }) => !except.includes(name.toLowerCase()));
  }
  if (kind === 'alias') {
    only('an alias', fields, ['this', 'alias']);
    return [{ name: nameOf(fields.alias) ?? '', value: expression(fields.this) }];
  }
  const isName = kind === 'column' && !nameOf(fields.name)?.startsWith('__param_');
  return [{ name: (isName ? nameOf(fields.name) : undefined) ?? `${UNNAMED}${at}`, value: expression(tree) }];
}

function condition(clause: string, tree: unknown, { expression }: Context): string {
  if (!tree) return '';
  only(clause, tree as Tree, ['this']);
  return ` ${clause} ${coerced(expression((tree as Tree).this), 'BOOL')}`;
}

function groupBy(fields: Tree | null, items: Item[], { expression }: Context): string {
  if (!fields) return '';
  only('GROUP BY', fields, ['expressions']);
  const keys = listOf(fields.expressions).map((tree) => {
    const ordinal = ordinalOf(tree);
    const item = ordinal === undefined ? undefined : itemAt(items, ordinal, 'GROUP BY');
    return orderable(item?.value ?? expression(tree), 'GROUP BY');
  });
  return ` GROUP BY ${keys.join(', ')}`;
}

/** ORDER BY, by position where it names an output column: so no engine's rule of names decides. `onlyOutput`: by nothing else. */
export function orderBy(
  fields: Tree | null,
  items: Item[],
  { expression }: Pick<Context, 'expression'>,
  onlyOutput: boolean,
): string {
  if (!fields) return '';
  only('ORDER BY', fields, ['expressions']);
  const keys = listOf(fields.expressions).map((item) =>
    orderItem(item, (tree) => {
      const [kind, { name, table }] = nodeOf(tree);
      const bare = kind === 'column' && !table ? nameOf(name)?.toLowerCase() : undefined;
      const named = items.findIndex((output) => output.name.toLowerCase() === bare);
      const ordinal = ordinalOf(tree) ?? (named >= 0 ? named + 1 : undefined);
      if (ordinal === undefined && onlyOutput) throw invalidQuery('Here ORDER BY must name an output column.');
      if (ordinal === undefined) return orderable(expression(tree), 'ORDER BY');
      orderable(itemAt(items, ordinal, 'ORDER BY').value, 'ORDER BY');
      return String(ordinal);
    }),
  );
  return ` ORDER BY ${keys.join(', ')}`;
}

function ordinalOf(tree: unknown): number | undefined {
  const [kind, { literal_type, value }] = nodeOf(tree);
  return kind === 'literal' && literal_type === 'number' ? Number(value) : undefined;
}

function itemAt(items: Item[], ordinal: number, clause: string): Item {
  const item = items[ordinal - 1];
  if (!item) throw invalidQuery(`${clause} column number ${ordinal} is not in the SELECT list.`);
  return item;
}

/** LIMIT and OFFSET: whole literals or parameters. */
export function limitOf(fields: Tree, { expression }: Pick<Context, 'expression'>): string {
  const number = (clause: string, tree: unknown): string => {
    if (!tree) return '';
    const [kind, inner] = nodeOf(tree);
    const value = expression(kind === 'this' ? inner : tree);
    if (value.type !== 'INT64') throw invalidQuery(`${clause} must be an INT64.`);
    return ` ${clause} ${value.sql}`;
  };
  return number('LIMIT', fields.limit) + number('OFFSET', fields.offset);
}
