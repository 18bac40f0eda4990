import { invalid } from './errors.ts';
import { dateDays, timestampMicros } from './json-values.ts';
import { duckType, quoted, SCALARS, type Scalar, type SqlType, type Typed } from './sql/types.ts';

interface ParameterValue {
  /** Text, but Google's client sends a number or boolean as it is when its type was given. */
  value?: string | number | boolean | null;
  arrayValues?: ParameterValue[];
}

/**
 * Named query parameters as typed literals, by name in lower case.
 * https://cloud.google.com/bigquery/docs/reference/rest/v2/QueryParameter. Throws BigQueryError 400 for a positional one, a
 * type that is not known or a value that is not of its type.
 */
export function parseParameters(list: unknown): Map<string, Typed> {
  const parameters = new Map<string, Typed>();
  for (const parameter of Array.isArray(list) ? list : []) {
    const { name, parameterType, parameterValue } = (parameter ?? {}) as Record<string, unknown>;
    if (typeof name !== 'string' || name === '') throw invalid('Query parameters must be named.');
    const { type, arrayType } = (parameterType ?? {}) as { type?: unknown; arrayType?: { type?: unknown } };
    const scalar = scalarOf(type === 'ARRAY' ? arrayType?.type : type, name);
    const value = (parameterValue ?? {}) as ParameterValue;
    const isArray = type === 'ARRAY';
    const sqlType: SqlType = isArray ? `ARRAY<${scalar}>` : scalar;
    const sql = isArray
      ? `CAST([${(value.arrayValues ?? []).map((item) => literal(item.value, scalar, name)).join(', ')}] AS ${duckType(sqlType)})`
      : literal(value.value, scalar, name);
    parameters.set(name.toLowerCase(), { sql, type: sqlType });
  }
  return parameters;
}

function scalarOf(type: unknown, name: string): Scalar {
  const scalar = SCALARS.find((known) => known === type);
  if (!scalar) throw invalid(`The local BigQuery does not know the type ${String(type)} of parameter ${name}.`);
  return scalar;
}

function literal(given: ParameterValue['value'], type: Scalar, name: string): string {
  if (given === null || given === undefined) return `CAST(NULL AS ${duckType(type)})`;
  const value = String(given);
  const bad = () => invalid(`Invalid value for parameter ${name} of type ${type}: ${value}`);
  switch (type) {
    case 'STRING':
      return quoted(value);
    case 'INT64':
      if (!/^-?\d{1,19}$/.test(value)) throw bad();
      return `CAST('${value}' AS BIGINT)`;
    case 'FLOAT64':
      if (value.trim() === '' || !Number.isFinite(Number(value))) throw bad();
      return `CAST('${Number(value)}' AS DOUBLE)`;
    case 'NUMERIC':
      if (!/^-?\d{1,29}(\.\d{1,9})?$/.test(value)) throw bad();
      return `CAST('${value}' AS DECIMAL(38,9))`;
    case 'BOOL':
      if (!/^(true|false)$/i.test(value)) throw bad();
      return value.toLowerCase();
    case 'DATE':
      if (dateDays(value) === undefined) throw bad();
      return `DATE '${value}'`;
    case 'TIMESTAMP': {
      const micros = timestampMicros(value);
      if (micros === undefined) throw bad();
      return `make_timestamptz(${micros})`;
    }
    case 'JSON':
      try {
        JSON.parse(value);
      } catch {
        // Not JSON at all: the same refusal as any other wrong value.
        throw bad();
      }
      return `CAST(${quoted(value)} AS JSON)`;
  }
}
