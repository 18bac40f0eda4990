import { invalidQuery } from '../errors.ts';
import { translateCall } from './calls.ts';
import { CAST_SYNTAX } from './casts.ts';
import { type AllowedSyntax, type Context, SQL_REFERENCE } from './context.ts';
import { EXTRACT_SYNTAX } from './extract.ts';
import { OPERATOR_SYNTAX } from './operators.ts';
import { PARAMETER_PREFIX } from './parse.ts';
import { listOf, nameOf, nodeOf, only, spelt, type Tree, unknown } from './tree.ts';
import { coerced, commonType, elementOf, isOrdered, quoted, type SqlType, type Typed } from './types.ts';
import { WINDOW_SYNTAX } from './windows.ts';

function column(fields: Tree, { scope, parameters }: Context): Typed {
  only('a name', fields, ['name', 'table']);
  const name = nameOf(fields.name) ?? '';
  if (!name.startsWith(PARAMETER_PREFIX)) return scope.column(name, nameOf(fields.table));
  const parameter = parameters.get(name.slice(PARAMETER_PREFIX.length).toLowerCase());
  if (!parameter) throw invalidQuery(`Query parameter '${name.slice(PARAMETER_PREFIX.length)}' not found`);
  return parameter;
}

function literal({ literal_type, value }: Tree): Typed {
  const text = String(value);
  if (literal_type === 'string' || literal_type === 'raw_string') return { sql: quoted(text), type: 'STRING' };
  if (literal_type === 'date' && /^\d{4}-\d{2}-\d{2}$/.test(text)) return { sql: `DATE ${quoted(text)}`, type: 'DATE' };
  if (literal_type === 'timestamp') return { sql: timestampLiteral(text), type: 'TIMESTAMP' };
  if (literal_type !== 'number') throw unknown(`the literal ${literal_type} ${text}`);
  // A bare number would be an INTEGER or a DECIMAL in DuckDB, with other limits and other arithmetic.
  if (/^\d+$/.test(text)) return { sql: `CAST(${text} AS BIGINT)`, type: 'INT64' };
  return { sql: `CAST('${Number(text)}' AS DOUBLE)`, type: 'FLOAT64' };
}

function timestampLiteral(text: string): string {
  const match = /^(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?))?(?: ?UTC|Z|[+]00(?::00)?)?$/.exec(text);
  if (!match) throw invalidQuery(`Invalid TIMESTAMP literal '${text}': write it in UTC.`);
  return `TIMESTAMPTZ '${match[1]} ${match[2] ?? '00:00:00'}+00'`;
}

function cased(fields: Tree, { expression }: Context): Typed {
  only('CASE', fields, ['operand', 'whens', 'else_']);
  const whens = listOf(fields.whens).map((when) => listOf(when).map(expression));
  const otherwise = fields.else_ ? expression(fields.else_) : ({ sql: 'NULL', type: 'NULL' } as const);
  const results = [...whens.map(([, result]) => result as Typed), otherwise];
  const type = commonType(
    results.map((result) => result.type),
    'CASE',
  );
  const operand = fields.operand ? expression(fields.operand) : undefined;
  const tests = whens.map(([test]) => {
    if (!operand) return coerced(test as Typed, 'BOOL');
    const common = commonType([operand.type, (test as Typed).type], 'CASE');
    return `${coerced(operand, common)} = ${coerced(test as Typed, common)}`;
  });
  const arms = tests.map((test, at) => `WHEN ${test} THEN ${coerced(results[at] as Typed, type)}`);
  return { sql: `(CASE ${arms.join(' ')} ELSE ${coerced(otherwise, type)} END)`, type };
}

function subscript(fields: Tree, { expression }: Context): Typed {
  only('[]', fields, ['this', 'index']);
  const array = expression(fields.this);
  const element = elementOf(array.type);
  const [kind, { name, args }] = nodeOf(fields.index);
  const [index] = listOf(args);
  const accessor = String(name).toUpperCase();
  if (!element || kind !== 'function' || !['OFFSET', 'SAFE_OFFSET'].includes(accessor)) {
    throw invalidQuery('An array element is array[OFFSET(n)] or array[SAFE_OFFSET(n)].');
  }
  const offset = coerced(expression(index), 'INT64');
  return { sql: `${accessor === 'OFFSET' ? 'bq_offset' : 'bq_safe_offset'}(${array.sql}, ${offset})`, type: element };
}

function array(fields: Tree, { expression }: Context): Typed {
  only('an array', fields, ['expressions']);
  const values = listOf(fields.expressions).map(expression);
  const type = commonType(
    values.map((value) => value.type),
    'an array',
  );
  if (values.length === 0 || !isOrdered(type) || type === 'NULL') throw unknown('this array');
  return { sql: `[${values.map((value) => coerced(value, type)).join(', ')}]`, type: `ARRAY<${type}>` as SqlType };
}

function scalarSubquery(fields: Tree, { subquery }: Context): Typed {
  only('a subquery', fields, ['this']);
  const { sql, columns } = subquery(fields.this);
  const [only1, second] = columns;
  if (!only1 || second) throw invalidQuery('A scalar subquery must have one column.');
  return { sql: `(${sql})`, type: only1.type };
}

const syntax = (page: string, translate: AllowedSyntax['translate']): AllowedSyntax => ({
  reference: SQL_REFERENCE + page,
  translate,
});

/** The expressions a query may contain besides calls, by kind of node. */
export const EXPRESSION_SYNTAX: Readonly<Record<string, AllowedSyntax>> = {
  ...OPERATOR_SYNTAX,
  ...CAST_SYNTAX,
  ...EXTRACT_SYNTAX,
  ...WINDOW_SYNTAX,
  column: syntax('lexical#column_names', column),
  literal: syntax('lexical#literals', literal),
  null: syntax('lexical#literals', () => ({ sql: 'NULL', type: 'NULL' })),
  boolean: syntax('lexical#literals', ({ value }) => ({ sql: value === true ? 'true' : 'false', type: 'BOOL' })),
  paren: syntax('operators#operator_precedence', (fields, { expression }) => {
    only('()', fields, ['this']);
    return expression(fields.this);
  }),
  case: syntax('conditional_expressions#case', cased),
  subscript: syntax('operators#array_subscript_operator', subscript),
  array_func: syntax('lexical#array_literals', array),
  subquery: syntax('subqueries#scalar_subquery_concepts', scalarSubquery),
  exists: syntax('subqueries#exists_subquery_concepts', (fields, { subquery }) => {
    only('EXISTS', fields, ['this', 'not']);
    const exists = `EXISTS (${subquery(fields.this).sql})`;
    return { sql: fields.not === true ? `(NOT ${exists})` : exists, type: 'BOOL' };
  }),
};

/** The translation of any expression. Throws BigQueryError for what is outside the allow-list. */
export function translateExpression(tree: unknown, context: Context): Typed {
  const [kind, fields] = nodeOf(tree);
  const allowed = Object.hasOwn(EXPRESSION_SYNTAX, kind) ? EXPRESSION_SYNTAX[kind] : undefined;
  if (allowed) return allowed.translate(fields, context);
  const call = translateCall(kind, fields, context);
  if (!call) throw unknown(spelt(kind));
  return call;
}
