import { invalid } from '../errors.ts';
import { isNaNValue } from '../values/numbers.ts';
import type { Filter, ProtoValue } from '../wire.ts';
import { type Condition, condition, type NameKey } from './conditions.ts';
import { checkCombination } from './rules.ts';

/** cloud.google.com/firestore/docs/query-data/queries#limitations */
const MAX_DISJUNCTIONS = 30;
const MAX_NOT_IN = 10;
const MAX_COMPONENTS = 100;

/**
 * A filter as an OR of ANDs; one empty AND when there is no filter. `otherComponents` is what the query has besides:
 * orders, and a parent document. Throws INVALID_ARGUMENT.
 */
export function disjunctiveNormalForm(
  filter: Filter | undefined,
  nameKey: NameKey,
  otherComponents: number,
): Condition[][] {
  if (filter) {
    checkCombination(filter);
    checkDisjunctions(disjunctionsOf(filter));
  }
  const disjuncts = filter ? expand(filter, nameKey) : [[]];
  const components = disjuncts.flat().length + otherComponents;
  if (components > MAX_COMPONENTS) {
    throw invalid(`The query has ${components} filters and sort orders, at most ${MAX_COMPONENTS} are allowed.`);
  }
  if (disjuncts.some((conditions) => conditions.filter(({ operator }) => operator === 'contains').length > 1)) {
    throw invalid('A maximum of 1 ARRAY_CONTAINS filter is allowed per disjunction.');
  }
  return disjuncts;
}

function checkDisjunctions(count: number): void {
  if (count <= MAX_DISJUNCTIONS) return;
  throw invalid(`The query has ${count} disjunctions, at most ${MAX_DISJUNCTIONS} are allowed.`);
}

/** How many ANDs there will be: counted before they are made, for their number grows as a product. */
function disjunctionsOf({ compositeFilter, fieldFilter }: Filter): number {
  if (compositeFilter) {
    const counts = (compositeFilter.filters ?? []).map(disjunctionsOf);
    return compositeFilter.op === 'OR' ? counts.reduce((a, b) => a + b, 0) : counts.reduce((a, b) => a * b, 1);
  }
  const isList = fieldFilter?.op === 'IN' || fieldFilter?.op === 'ARRAY_CONTAINS_ANY';
  return isList ? (fieldFilter.value.arrayValue?.values?.length ?? 1) : 1;
}

function expand({ compositeFilter, unaryFilter, fieldFilter }: Filter, nameKey: NameKey): Condition[][] {
  if (compositeFilter) {
    const parts = (compositeFilter.filters ?? []).map((part) => expand(part, nameKey));
    if (parts.length === 0) throw invalid('A composite filter needs at least one filter.');
    return compositeFilter.op === 'OR' ? parts.flat() : parts.reduce(product);
  }
  if (unaryFilter) {
    const { op, field } = unaryFilter;
    const value: ProtoValue = op.endsWith('NAN') ? { doubleValue: Number.NaN } : { nullValue: 'NULL_VALUE' };
    return [[condition(field.fieldPath, op.startsWith('IS_NOT') ? 'NOT_EQUAL' : 'EQUAL', [value], nameKey)]];
  }
  if (!fieldFilter) throw invalid('A filter is empty.');
  const { field, op, value } = fieldFilter;
  const one = (operator: string, ...values: ProtoValue[]) => [condition(field.fieldPath, operator, values, nameKey)];
  if (op === 'IN') return comparable(listOf(op, value)).map((each) => one('EQUAL', each));
  if (op === 'ARRAY_CONTAINS_ANY') return comparable(listOf(op, value)).map((each) => one('ARRAY_CONTAINS', each));
  if (op === 'NOT_IN') return [one(op, ...listOf(op, value, MAX_NOT_IN))];
  return [one(op, value)];
}

function product(left: Condition[][], right: Condition[][]): Condition[][] {
  return left.flatMap((some) => right.map((others) => [...some, ...others]));
}

function listOf(op: string, value: ProtoValue, max = MAX_DISJUNCTIONS): readonly ProtoValue[] {
  const values = value.arrayValue?.values ?? [];
  if (values.length === 0) throw invalid(`'${op}' requires an non-empty ArrayValue.`);
  if (values.length > max) throw invalid(`'${op}' supports up to ${max} comparison values.`);
  return values;
}

/** Nothing equals null or NaN but by a filter that names it alone. */
function comparable(values: readonly ProtoValue[]): ProtoValue[] {
  return values.filter((value) => !value.nullValue && !isNaNValue(value));
}
