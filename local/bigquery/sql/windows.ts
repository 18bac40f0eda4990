import { invalidQuery } from '../errors.ts';
import { translateCall } from './calls.ts';
import { type AllowedSyntax, type Context, SQL_REFERENCE } from './context.ts';
import { listOf, nodeOf, only, type Tree, unknown } from './tree.ts';
import { isOrdered, type Typed } from './types.ts';

/** `expression DESC NULLS LAST`, always spelt out: DuckDB's default place of NULLs is not BigQuery's. */
export function orderItem(item: unknown, translate: (tree: unknown) => string): string {
  const fields = item as Tree;
  only('ORDER BY', fields, ['this', 'desc', 'nulls_first', 'explicit_asc']);
  const descending = fields.desc === true;
  const nullsFirst = typeof fields.nulls_first === 'boolean' ? fields.nulls_first : !descending;
  return `${translate(fields.this)} ${descending ? 'DESC' : 'ASC'} NULLS ${nullsFirst ? 'FIRST' : 'LAST'}`;
}

/** The SQL of an expression that rows are ordered or grouped by. Throws BigQueryError for a type that has no order. */
export function orderable(value: Typed, clause: string): string {
  if (!isOrdered(value.type)) throw invalidQuery(`${clause} is not allowed for an expression of type ${value.type}.`);
  return value.sql;
}

function over(fields: Tree, { expression }: Context): string {
  only('OVER', fields, ['partition_by', 'order_by', 'frame']);
  const partition = listOf(fields.partition_by).map((tree) => orderable(expression(tree), 'PARTITION BY'));
  const order = listOf(fields.order_by).map((item) =>
    orderItem(item, (tree) => orderable(expression(tree), 'ORDER BY')),
  );
  const parts = [
    partition.length > 0 ? `PARTITION BY ${partition.join(', ')}` : '',
    order.length > 0 ? `ORDER BY ${order.join(', ')}` : '',
    fields.frame ? frameOf(fields.frame as Tree) : '',
  ];
  return parts.filter((part) => part !== '').join(' ');
}

/** ROWS only: a RANGE of numbers or times needs rules of its own. */
function frameOf(frame: Tree): string {
  only('a window frame', frame, ['kind', 'start', 'end']);
  if (frame.kind !== 'Rows') throw unknown(`a ${String(frame.kind)} frame`);
  return `ROWS BETWEEN ${bound(frame.start)} AND ${frame.end ? bound(frame.end) : 'CURRENT ROW'}`;
}

const BOUNDS: Readonly<Record<string, string>> = {
  UnboundedPreceding: 'UNBOUNDED PRECEDING',
  CurrentRow: 'CURRENT ROW',
  UnboundedFollowing: 'UNBOUNDED FOLLOWING',
};

function bound(tree: unknown): string {
  if (typeof tree === 'string') {
    const words = BOUNDS[tree];
    if (!words) throw unknown(`the frame bound ${tree}`);
    return words;
  }
  const [side, amount] = nodeOf(tree);
  const [kind, { value }] = nodeOf(amount);
  if (kind !== 'literal' || !/^\d+$/.test(String(value))) throw invalidQuery('A frame bound must be a literal number.');
  return `${value} ${side.toUpperCase()}`;
}

function windowFunction(fields: Tree, context: Context): Typed {
  only('a window function', fields, ['this', 'over']);
  const [kind, call] = nodeOf(fields.this);
  const value = translateCall(kind, call, context, true);
  if (!value) throw unknown(`${kind} with OVER`);
  const window = over(fields.over as Tree, context);
  // A cast around the aggregate must stay around the window too.
  const cast = /^CAST\((.+) AS ([\w(),]+)\)$/.exec(value.sql);
  const sql = cast ? `CAST(${cast[1]} OVER (${window}) AS ${cast[2]})` : `${value.sql} OVER (${window})`;
  return { sql, type: value.type };
}

export const WINDOW_SYNTAX: Readonly<Record<string, AllowedSyntax>> = {
  window_function: { reference: `${SQL_REFERENCE}window-function-calls`, translate: windowFunction },
};
