import { invalidQuery } from '../errors.ts';
import { type AllowedSyntax, type Context, SQL_REFERENCE } from './context.ts';
import { listOf, nodeOf, only, type Tree } from './tree.ts';
import { coerced, commonType, elementOf, isNumber, isOrdered, type SqlType, type Typed } from './types.ts';

const OPERATORS = `${SQL_REFERENCE}operators`;
const syntax = (anchor: string, translate: AllowedSyntax['translate']): AllowedSyntax => ({
  reference: OPERATORS + anchor,
  translate,
});

function logic(operator: string): AllowedSyntax {
  return syntax('#logical_operators', (fields, { expression }) => {
    only(operator, fields, ['left', 'right']);
    const [left, right] = [expression(fields.left), expression(fields.right)];
    return { sql: `(${coerced(left, 'BOOL')} ${operator} ${coerced(right, 'BOOL')})`, type: 'BOOL' };
  });
}

const COMPARISONS = new Set(['eq', 'neq', 'lt', 'lte', 'gt', 'gte']);

function comparison(operator: string): AllowedSyntax {
  return syntax('#comparison_operators', (fields, { expression }) => {
    only(operator, fields, ['left', 'right']);
    // GoogleSQL has no `a = b = c`; the parser has.
    if ([fields.left, fields.right].some((side) => COMPARISONS.has(nodeOf(side)[0]))) {
      throw invalidQuery(`Comparisons cannot follow one another: put one side of ${operator} in parentheses.`);
    }
    const [left, right] = alike([expression(fields.left), expression(fields.right)], operator);
    return { sql: `(${left} ${operator} ${right})`, type: 'BOOL' };
  });
}

/** The expressions as one type that can be compared; TIMESTAMP with DATE, or STRING with a number, is refused. */
function alike(values: Typed[], where: string): string[] {
  const type = commonType(
    values.map((value) => value.type),
    where,
  );
  if (!isOrdered(type)) throw invalidQuery(`${where} is not defined for ${type}.`);
  return values.map((value) => coerced(value, type));
}

function arithmetic(operator: string): AllowedSyntax {
  return syntax('#arithmetic_operators', (fields, { expression }) => {
    only(operator, fields, ['left', 'right']);
    const values = [expression(fields.left), expression(fields.right)];
    const type = numberType(values, operator);
    const [left, right] = values.map((value) => coerced(value, type));
    return operator === '/'
      ? { sql: `bq_divide(${left}, ${right})`, type }
      : { sql: `(${left} ${operator} ${right})`, type };
  });
}

function numberType(values: Typed[], operator: string): SqlType {
  const types = values.map(({ type }) => type);
  if (!types.every(isNumber)) {
    throw invalidQuery(`No matching signature for operator ${operator} for argument types ${types.join(', ')}.`);
  }
  const type = commonType(types, operator);
  // DuckDB's decimals change their scale here; BigQuery's NUMERIC does not.
  if (type === 'NUMERIC' && (operator === '*' || operator === '/')) {
    throw invalidQuery(`The local BigQuery does not know ${operator} of NUMERIC; CAST to FLOAT64.`);
  }
  return operator === '/' || type === 'NULL' ? 'FLOAT64' : type;
}

function negated(sql: string, fields: Tree): Typed {
  return { sql: fields.not === true ? `(NOT ${sql})` : sql, type: 'BOOL' };
}

function isIn(fields: Tree, { expression, subquery }: Context): Typed {
  only('IN', fields, ['this', 'expressions', 'unnest', 'query', 'not']);
  const value = expression(fields.this);
  if (fields.unnest) {
    const list = expression(fields.unnest);
    const element = elementOf(list.type);
    if (!element) throw invalidQuery(`IN UNNEST needs an array, not ${list.type}.`);
    const [left] = alike([value, { sql: 'NULL', type: element }], 'IN UNNEST');
    return negated(`(${left} IN (SELECT unnest(${list.sql})))`, fields);
  }
  if (fields.query) {
    const { sql, columns } = subquery(fields.query);
    if (columns.length !== 1 || columns[0]?.type !== value.type || !isOrdered(value.type)) {
      throw invalidQuery(`IN needs a subquery of one column of type ${value.type}.`);
    }
    return negated(`(${value.sql} IN (${sql}))`, fields);
  }
  const [left, ...list] = alike([value, ...listOf(fields.expressions).map(expression)], 'IN');
  return negated(`(${left} IN (${list.join(', ')}))`, fields);
}

function between(fields: Tree, { expression }: Context): Typed {
  only('BETWEEN', fields, ['this', 'low', 'high', 'not']);
  const [value, low, high] = alike([fields.this, fields.low, fields.high].map(expression), 'BETWEEN');
  return negated(`(${value} BETWEEN ${low} AND ${high})`, fields);
}

function like(fields: Tree, { expression }: Context): Typed {
  only('LIKE', fields, ['left', 'right', 'not']);
  const [text, pattern] = [expression(fields.left), expression(fields.right)];
  return negated(`bq_like(${coerced(text, 'STRING')}, ${coerced(pattern, 'STRING')})`, fields);
}

const isTruth = (word: string) =>
  syntax('#is_operators', (fields, { expression }) => {
    only(`IS ${word}`, fields, ['this', 'not']);
    return negated(`(${coerced(expression(fields.this), 'BOOL')} IS ${word})`, fields);
  });

/** The operators a query may use, by kind of node. */
export const OPERATOR_SYNTAX: Readonly<Record<string, AllowedSyntax>> = {
  and: logic('AND'),
  or: logic('OR'),
  not: syntax('#logical_operators', (fields, { expression }) => {
    only('NOT', fields, ['this']);
    return { sql: `(NOT ${coerced(expression(fields.this), 'BOOL')})`, type: 'BOOL' };
  }),
  eq: comparison('='),
  neq: comparison('<>'),
  lt: comparison('<'),
  lte: comparison('<='),
  gt: comparison('>'),
  gte: comparison('>='),
  add: arithmetic('+'),
  sub: arithmetic('-'),
  mul: arithmetic('*'),
  div: arithmetic('/'),
  neg: syntax('#arithmetic_operators', (fields, { expression }) => {
    only('-', fields, ['this']);
    const value = expression(fields.this);
    return { sql: `(- ${value.sql})`, type: numberType([value], '-') };
  }),
  in: syntax('#in_operators', isIn),
  between: syntax('#comparison_operators', between),
  like: syntax('#like_operator', like),
  is_null: syntax('#is_operators', (fields, { expression }) => {
    only('IS NULL', fields, ['this', 'not']);
    return negated(`(${expression(fields.this).sql} IS NULL)`, fields);
  }),
  is_true: isTruth('TRUE'),
  is_false: isTruth('FALSE'),
};
