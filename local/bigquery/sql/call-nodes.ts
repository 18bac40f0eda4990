import { listOf, only, type Tree } from './tree.ts';

/** Kinds of node that are calls under a name of their own: the function, and its arguments' fields in order. */
const NAMED_CALLS: Readonly<Record<string, readonly [name: string, ...args: string[]]>> = {
  if_func: ['IF', 'condition', 'true_value', 'false_value'],
  lower: ['LOWER', 'this'],
  upper: ['UPPER', 'this'],
  length: ['LENGTH', 'this'],
  starts_with: ['STARTS_WITH', 'this', 'expression'],
  ends_with: ['ENDS_WITH', 'this', 'expression'],
  substring: ['SUBSTR', 'this', 'start', 'length'],
  json_value: ['JSON_VALUE', 'this', 'path'],
  abs: ['ABS', 'this'],
  round: ['ROUND', 'this', 'decimals'],
  floor: ['FLOOR', 'this'],
  ceil: ['CEIL', 'this'],
  sqrt: ['SQRT', 'this'],
  ln: ['LN', 'this'],
  exp: ['EXP', 'this'],
  power: ['POW', 'this', 'expression'],
  mod_func: ['MOD', 'this', 'expression'],
  safe_divide: ['SAFE_DIVIDE', 'this', 'expression'],
  timestamp: ['TIMESTAMP', 'this', 'zone'],
  array_length: ['ARRAY_LENGTH', 'this'],
  count: ['COUNT', 'this'],
  count_if: ['COUNTIF', 'this'],
  sum: ['SUM', 'this'],
  avg: ['AVG', 'this'],
  min: ['MIN', 'this'],
  max: ['MAX', 'this'],
  any_value: ['ANY_VALUE', 'this'],
  string_agg: ['STRING_AGG', 'this', 'separator'],
  logical_and: ['LOGICAL_AND', 'this'],
  logical_or: ['LOGICAL_OR', 'this'],
  stddev: ['STDDEV', 'this'],
  stddev_samp: ['STDDEV_SAMP', 'this'],
  stddev_pop: ['STDDEV_POP', 'this'],
  variance: ['VARIANCE', 'this'],
  var_samp: ['VAR_SAMP', 'this'],
  var_pop: ['VAR_POP', 'this'],
  approx_count_distinct: ['APPROX_COUNT_DISTINCT', 'this'],
  row_number: ['ROW_NUMBER'],
  rank: ['RANK'],
  dense_rank: ['DENSE_RANK'],
  n_tile: ['NTILE', 'num_buckets'],
  lag: ['LAG', 'this', 'offset', 'default'],
  lead: ['LEAD', 'this', 'offset', 'default'],
  first_value: ['FIRST_VALUE', 'this'],
  last_value: ['LAST_VALUE', 'this'],
};

/** A call, however the tree spells it. */
export interface Call {
  name: string;
  args: unknown[];
  distinct: boolean;
}

/** The call that a node is; undefined when it is something else. */
export function callOf(kind: string, fields: Tree): Call | undefined {
  const distinct = fields.distinct === true;
  if (kind === 'function' || kind === 'aggregate_function') {
    only(String(fields.name), fields, ['name', 'args', 'distinct']);
    return { name: String(fields.name).toUpperCase(), args: listOf(fields.args), distinct };
  }
  if (kind === 'coalesce') {
    only('COALESCE', fields, ['expressions']);
    return {
      name: String(fields.original_name ?? 'COALESCE').toUpperCase(),
      args: listOf(fields.expressions),
      distinct,
    };
  }
  const named = NAMED_CALLS[kind];
  if (!named) return undefined;
  const [name, ...argFields] = named;
  only(name, fields, ['name', 'star', 'distinct', 'with_tz', ...argFields]);
  return { name, args: argFields.map((field) => fields[field]).filter((arg) => arg != null), distinct };
}
