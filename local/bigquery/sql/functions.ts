/** One way to call a function: argument types `=>` result, and the DuckDB expression with `$1`… for the arguments. */
type Overload = readonly [signature: string, sql: string];

export interface AllowedFunction {
  reference: string;
  kind: 'scalar' | 'aggregate' | 'window';
  overloads: readonly Overload[];
}

const BASE = 'https://cloud.google.com/bigquery/docs/reference/standard-sql/';

const allow =
  (kind: AllowedFunction['kind']) =>
  (page: string, ...overloads: Overload[]): AllowedFunction => ({
    reference: BASE + page,
    kind,
    overloads,
  });
const scalar = allow('scalar');
const aggregate = allow('aggregate');
const window = allow('window');

/**
 * The functions a query may call. `T` is any type, `O` one that can be ordered, `N` a number; the same letter is the same
 * type throughout, `…` repeats. What is not here, or with other argument types, is refused.
 */
export const FUNCTIONS: Readonly<Record<string, AllowedFunction>> = {
  IF: scalar('conditional_expressions#if', ['BOOL, T, T => T', 'CASE WHEN $1 THEN $2 ELSE $3 END']),
  IFNULL: scalar('conditional_expressions#ifnull', ['T, T => T', 'coalesce($1, $2)']),
  COALESCE: scalar('conditional_expressions#coalesce', ['T… => T', 'coalesce($*)']),
  NULLIF: scalar('conditional_expressions#nullif', ['O, O => O', 'nullif($1, $2)']),

  LOWER: scalar('string_functions#lower', ['STRING => STRING', 'lower($1)']),
  UPPER: scalar('string_functions#upper', ['STRING => STRING', 'upper($1)']),
  LENGTH: scalar('string_functions#length', ['STRING => INT64', 'length($1)']),
  // `||` because DuckDB's concat leaves NULLs out where BigQuery's answers NULL.
  CONCAT: scalar(
    'string_functions#concat',
    ['STRING, STRING => STRING', '($1 || $2)'],
    ['STRING, STRING, STRING => STRING', '($1 || $2 || $3)'],
  ),
  SPLIT: scalar('string_functions#split', ['STRING, STRING => ARRAY<STRING>', 'string_split($1, $2)']),
  STARTS_WITH: scalar('string_functions#starts_with', ['STRING, STRING => BOOL', 'starts_with($1, $2)']),
  ENDS_WITH: scalar('string_functions#ends_with', ['STRING, STRING => BOOL', 'suffix($1, $2)']),
  SUBSTR: scalar('string_functions#substr', ['STRING, INT64, INT64 => STRING', 'bq_substr($1, $2, $3)']),
  JSON_VALUE: scalar('json_functions#json_value', ['JSON, PATH => STRING', 'bq_json_value($1, $2)']),

  ABS: scalar('mathematical_functions#abs', ['N => N', 'abs($1)']),
  ROUND: scalar(
    'mathematical_functions#round',
    ['FLOAT64 => FLOAT64', 'round($1)'],
    ['FLOAT64, INT64 => FLOAT64', 'round($1, CAST($2 AS INTEGER))'],
  ),
  FLOOR: scalar('mathematical_functions#floor', ['FLOAT64 => FLOAT64', 'floor($1)']),
  CEIL: scalar('mathematical_functions#ceil', ['FLOAT64 => FLOAT64', 'ceil($1)']),
  SQRT: scalar('mathematical_functions#sqrt', ['FLOAT64 => FLOAT64', 'sqrt($1)']),
  LN: scalar('mathematical_functions#ln', ['FLOAT64 => FLOAT64', 'ln($1)']),
  EXP: scalar('mathematical_functions#exp', ['FLOAT64 => FLOAT64', 'exp($1)']),
  POW: scalar('mathematical_functions#pow', ['FLOAT64, FLOAT64 => FLOAT64', 'pow($1, $2)']),
  LEAST: scalar('mathematical_functions#least', ['O… => O', 'bq_least([$*])']),
  GREATEST: scalar('mathematical_functions#greatest', ['O… => O', 'bq_greatest([$*])']),
  SAFE_DIVIDE: scalar('mathematical_functions#safe_divide', ['FLOAT64, FLOAT64 => FLOAT64', 'bq_safe_divide($1, $2)']),
  DIV: scalar('mathematical_functions#div', ['INT64, INT64 => INT64', 'bq_div($1, $2)']),
  MOD: scalar('mathematical_functions#mod', ['INT64, INT64 => INT64', 'bq_mod($1, $2)']),

  RANGE_BUCKET: scalar('mathematical_functions#range_bucket', [
    'INT64, ARRAY<INT64> => INT64',
    'bq_range_bucket($1, $2)',
  ]),

  DATE: scalar(
    'date_functions#date',
    ['TIMESTAMP => DATE', "CAST($1 AT TIME ZONE 'UTC' AS DATE)"],
    ['TIMESTAMP, ZONE => DATE', 'CAST($1 AT TIME ZONE $2 AS DATE)'],
    ['INT64, INT64, INT64 => DATE', 'make_date($1, $2, $3)'],
  ),
  TIMESTAMP: scalar(
    'timestamp_functions#timestamp',
    ['DATE => TIMESTAMP', "CAST($1 AS TIMESTAMP) AT TIME ZONE 'UTC'"],
    ['DATE, ZONE => TIMESTAMP', 'CAST($1 AS TIMESTAMP) AT TIME ZONE $2'],
  ),
  UNIX_SECONDS: scalar('timestamp_functions#unix_seconds', [
    'TIMESTAMP => INT64',
    'bq_floor_div(epoch_us($1), 1000000)',
  ]),
  UNIX_MILLIS: scalar('timestamp_functions#unix_millis', ['TIMESTAMP => INT64', 'bq_floor_div(epoch_us($1), 1000)']),
  UNIX_MICROS: scalar('timestamp_functions#unix_micros', ['TIMESTAMP => INT64', 'epoch_us($1)']),
  TIMESTAMP_SECONDS: scalar('timestamp_functions#timestamp_seconds', [
    'INT64 => TIMESTAMP',
    'make_timestamptz($1 * 1000000)',
  ]),
  TIMESTAMP_MILLIS: scalar('timestamp_functions#timestamp_millis', [
    'INT64 => TIMESTAMP',
    'make_timestamptz($1 * 1000)',
  ]),
  TIMESTAMP_MICROS: scalar('timestamp_functions#timestamp_micros', ['INT64 => TIMESTAMP', 'make_timestamptz($1)']),
  ARRAY_LENGTH: scalar('array_functions#array_length', ['ARRAY => INT64', 'len($1)']),

  COUNT: aggregate('aggregate_functions#count', ['=> INT64', 'count(*)'], ['T => INT64', 'count($1)']),
  COUNTIF: aggregate('aggregate_functions#countif', ['BOOL => INT64', 'count(nullif($1, false))']),
  SUM: aggregate(
    'aggregate_functions#sum',
    ['INT64 => INT64', 'CAST(sum($1) AS BIGINT)'],
    ['NUMERIC => NUMERIC', 'CAST(sum($1) AS DECIMAL(38,9))'],
    ['FLOAT64 => FLOAT64', 'sum($1)'],
  ),
  AVG: aggregate('aggregate_functions#avg', ['INT64 => FLOAT64', 'avg($1)'], ['FLOAT64 => FLOAT64', 'avg($1)']),
  MIN: aggregate('aggregate_functions#min', ['O => O', 'min($1)']),
  MAX: aggregate('aggregate_functions#max', ['O => O', 'max($1)']),
  ANY_VALUE: aggregate('aggregate_functions#any_value', ['T => T', 'any_value($1)']),
  STRING_AGG: aggregate('aggregate_functions#string_agg', ['STRING, DELIMITER => STRING', 'string_agg($1, $2)']),
  LOGICAL_AND: aggregate('aggregate_functions#logical_and', ['BOOL => BOOL', 'bool_and($1)']),
  LOGICAL_OR: aggregate('aggregate_functions#logical_or', ['BOOL => BOOL', 'bool_or($1)']),
  STDDEV_SAMP: aggregate('statistical_aggregate_functions#stddev_samp', ['FLOAT64 => FLOAT64', 'stddev_samp($1)']),
  STDDEV: aggregate('statistical_aggregate_functions#stddev', ['FLOAT64 => FLOAT64', 'stddev_samp($1)']),
  STDDEV_POP: aggregate('statistical_aggregate_functions#stddev_pop', ['FLOAT64 => FLOAT64', 'stddev_pop($1)']),
  VAR_SAMP: aggregate('statistical_aggregate_functions#var_samp', ['FLOAT64 => FLOAT64', 'var_samp($1)']),
  VARIANCE: aggregate('statistical_aggregate_functions#variance', ['FLOAT64 => FLOAT64', 'var_samp($1)']),
  VAR_POP: aggregate('statistical_aggregate_functions#var_pop', ['FLOAT64 => FLOAT64', 'var_pop($1)']),
  // Exact here: the answer BigQuery comes close to.
  APPROX_COUNT_DISTINCT: aggregate('approximate_aggregate_functions#approx_count_distinct', [
    'O => INT64',
    'count(DISTINCT $1)',
  ]),
  APPROX_QUANTILES: aggregate('approximate_aggregate_functions#approx_quantiles', [
    'O, PARTS => ARRAY<O>',
    'quantile_disc($1, $2)',
  ]),

  ROW_NUMBER: window('numbering_functions#row_number', ['=> INT64', 'row_number()']),
  RANK: window('numbering_functions#rank', ['=> INT64', 'rank()']),
  DENSE_RANK: window('numbering_functions#dense_rank', ['=> INT64', 'dense_rank()']),
  NTILE: window('numbering_functions#ntile', ['COUNT => INT64', 'ntile($1)']),
  LAG: window(
    'navigation_functions#lag',
    ['T => T', 'lag($1)'],
    ['T, COUNT => T', 'lag($1, $2)'],
    ['T, COUNT, T => T', 'lag($1, $2, $3)'],
  ),
  LEAD: window(
    'navigation_functions#lead',
    ['T => T', 'lead($1)'],
    ['T, COUNT => T', 'lead($1, $2)'],
    ['T, COUNT, T => T', 'lead($1, $2, $3)'],
  ),
  FIRST_VALUE: window('navigation_functions#first_value', ['T => T', 'first_value($1)']),
  LAST_VALUE: window('navigation_functions#last_value', ['T => T', 'last_value($1)']),
};
