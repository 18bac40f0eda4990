const INT64_TEXT = "'[+-]?([0-9]+|0[xX][0-9a-fA-F]+)'";
const FLOAT64_TEXT = "'[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?'";
const DATE_TEXT = "'[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}'";

/** A text's conversion, which DuckDB would do for more texts than BigQuery: as CAST and as SAFE_CAST. */
const parsing = (name: string, type: string, pattern: string): string[] => [
  `bq_parse_${name}(x) AS CASE WHEN x IS NULL OR regexp_full_match(x, ${pattern}) THEN CAST(x AS ${type}) ELSE error('Bad ${name.toUpperCase()} value: ' || x) END`,
  `bq_try_${name}(x) AS CASE WHEN regexp_full_match(x, ${pattern}) THEN TRY_CAST(x AS ${type}) END`,
];

/** DuckDB macros for what GoogleSQL defines otherwise than DuckDB does. */
export const MACROS = [
  // https://cloud.google.com/bigquery/docs/reference/standard-sql/operators#arithmetic_operators: division by zero is an error.
  "bq_divide(a, b) AS CASE WHEN b = 0 THEN error('division by zero') ELSE a / b END",
  'bq_safe_divide(a, b) AS CASE WHEN b = 0 THEN NULL ELSE a / b END',
  "bq_div(a, b) AS CASE WHEN b = 0 THEN error('division by zero') ELSE a // b END",
  "bq_mod(a, b) AS CASE WHEN b = 0 THEN error('division by zero') ELSE a % b END",
  'bq_floor_div(a, b) AS (a - ((a % b) + b) % b) // b',
  'bq_trunc_micros(t, n) AS make_timestamptz(bq_floor_div(epoch_us(t), n) * n)',
  // NULL when any argument is.
  'bq_least(l) AS CASE WHEN len(l) = list_count(l) THEN list_min(l) END',
  'bq_greatest(l) AS CASE WHEN len(l) = list_count(l) THEN list_max(l) END',
  'bq_range_bucket(x, l) AS CASE WHEN x IS NOT NULL THEN len(list_filter(l, lambda bound: bound <= x)) END',
  // Only a scalar is a value; an object, an array and a JSON null are NULL.
  `bq_json_value(j, p) AS CASE WHEN json_type(j, p) IN ('OBJECT', 'ARRAY', 'NULL') THEN NULL ELSE json_extract_string(j, p) END`,
  // Position 0 is the first character, too; a negative one counts from the end, or from the start where it is before that.
  "bq_substr(x, p, n) AS CASE WHEN n < 0 THEN error('Third argument in SUBSTR() cannot be negative') ELSE substring(x, CASE WHEN p = 0 OR p < -length(x) THEN 1 ELSE p END, n) END",
  // The backslash escapes in GoogleSQL's patterns.
  String.raw`bq_like(x, p) AS x LIKE p ESCAPE '\'`,
  "bq_offset(l, n) AS CASE WHEN n < 0 OR n >= len(l) THEN error('Array index out of bounds') ELSE list_extract(l, n + 1) END",
  'bq_safe_offset(l, n) AS CASE WHEN n < 0 OR n >= len(l) THEN NULL ELSE list_extract(l, n + 1) END',
  "bq_day_array(a, b, n) AS list_transform(range(0, date_diff('day', a, b) + 1, n), lambda i: a + CAST(i AS INTEGER))",
  // Each month is counted from the first, so that a 31st comes back after February.
  "bq_month_array(a, b, n) AS list_filter(list_transform(range(0, date_diff('month', a, b) + 1, n), lambda i: CAST(a + to_months(CAST(i AS INTEGER)) AS DATE)), lambda d: d <= b)",
  ...parsing('int64', 'BIGINT', INT64_TEXT),
  ...parsing('float64', 'DOUBLE', FLOAT64_TEXT),
  ...parsing('date', 'DATE', DATE_TEXT),
] as const;
