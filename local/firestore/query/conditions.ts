import type { ProtoValue, StoredDocument } from '../change.ts';
import { invalid } from '../errors.ts';
import { parseName, pathOf } from '../names.ts';
import { fieldPathText, getField, parseFieldPath } from '../values/field-path.ts';
import { pathKey, TYPE, valueKey, valueType } from '../values/key.ts';
import type { FieldOperator, Filter } from '../wire.ts';

export type ConditionOperator = 'eq' | 'contains' | 'lt' | 'le' | 'gt' | 'ge' | 'notIn' | 'below';

/**
 * One comparison of one field; `keys` has one element except for notIn, where `!=` is a list of one. `below` compares the
 * name with a path that it must begin with.
 */
export interface Condition {
  /** Canonical text, `__name__` for the document name. */
  fieldPath: string;
  names: readonly string[];
  operator: ConditionOperator;
  values: readonly ProtoValue[];
  keys: readonly Buffer[];
}

export const NAME_FIELD = '__name__';
export const NULL_KEY = valueKey({ nullValue: 'NULL_VALUE' });

/** cloud.google.com/firestore/docs/query-data/queries#limitations */
const MAX_DISJUNCTIONS = 30;
const MAX_NOT_IN = 10;

const OPERATORS: Partial<Record<FieldOperator, ConditionOperator>> = {
  EQUAL: 'eq',
  ARRAY_CONTAINS: 'contains',
  LESS_THAN: 'lt',
  LESS_THAN_OR_EQUAL: 'le',
  GREATER_THAN: 'gt',
  GREATER_THAN_OR_EQUAL: 'ge',
};

export const isInequality = ({ operator }: Condition): boolean => operator !== 'eq' && operator !== 'contains';

/** A filter as an OR of ANDs; one empty AND when there is no filter. Throws INVALID_ARGUMENT. */
export function disjunctiveNormalForm(filter: Filter | undefined): Condition[][] {
  const disjuncts = filter ? expand(filter) : [[]];
  if (disjuncts.length > MAX_DISJUNCTIONS) {
    throw invalid(`The query has ${disjuncts.length} disjunctions, at most ${MAX_DISJUNCTIONS} are allowed.`);
  }
  for (const conditions of disjuncts) {
    if (conditions.filter((condition) => condition.operator === 'contains').length > 1) {
      throw invalid('A maximum of 1 ARRAY_CONTAINS filter is allowed per disjunction.');
    }
    if (conditions.filter((condition) => condition.operator === 'notIn').length > 1) {
      throw invalid('Only one NOT_IN or NOT_EQUAL filter is allowed per query.');
    }
  }
  return disjuncts;
}

function expand(filter: Filter): Condition[][] {
  if (filter.compositeFilter) {
    const parts = (filter.compositeFilter.filters ?? []).map(expand);
    if (parts.length === 0) throw invalid('A composite filter needs at least one filter.');
    if (filter.compositeFilter.op === 'OR') return parts.flat();
    return parts.reduce((product, part) =>
      checked(product.flatMap((left) => part.map((right) => [...left, ...right]))),
    );
  }
  if (filter.unaryFilter) return [[unaryCondition(filter.unaryFilter)]];
  if (!filter.fieldFilter) throw invalid('A filter is empty.');
  const { field, op, value } = filter.fieldFilter;
  if (op === 'IN' || op === 'ARRAY_CONTAINS_ANY') {
    const values = listOf(op, value, MAX_DISJUNCTIONS);
    return values.map((one) => [condition(field.fieldPath, op === 'IN' ? 'eq' : 'contains', [one])]);
  }
  if (op === 'NOT_IN') return [[condition(field.fieldPath, 'notIn', listOf(op, value, MAX_NOT_IN))]];
  if (op === 'NOT_EQUAL') return [[condition(field.fieldPath, 'notIn', [value])]];
  const operator = OPERATORS[op];
  if (!operator) throw invalid(`Unknown operator "${op}".`);
  return [[condition(field.fieldPath, operator, [value])]];
}

function checked(product: Condition[][]): Condition[][] {
  // Stops an exponential product long before it fills the memory.
  if (product.length > 1000)
    throw invalid(`The query has too many disjunctions, at most ${MAX_DISJUNCTIONS} are allowed.`);
  return product;
}

function listOf(op: string, value: ProtoValue, max: number): readonly ProtoValue[] {
  const values = value.arrayValue?.values ?? [];
  if (values.length === 0) throw invalid(`'${op}' requires an non-empty ArrayValue.`);
  if (values.length > max) throw invalid(`'${op}' supports up to ${max} comparison values.`);
  return values;
}

function unaryCondition({ op, field }: NonNullable<Filter['unaryFilter']>): Condition {
  const value: ProtoValue = op.endsWith('NAN') ? { doubleValue: Number.NaN } : { nullValue: 'NULL_VALUE' };
  return condition(field.fieldPath, op.startsWith('IS_NOT') ? 'notIn' : 'eq', [value]);
}

function condition(fieldPath: string, operator: ConditionOperator, values: readonly ProtoValue[]): Condition {
  const names = parseFieldPath(fieldPath);
  const isName = fieldPath === NAME_FIELD;
  const keys = values.map((value) => (isName ? documentNameKey(value) : valueKey(value)));
  return { fieldPath: isName ? NAME_FIELD : fieldPathText(names), names, operator, values, keys };
}

function documentNameKey(value: ProtoValue): Buffer {
  if (value.referenceValue === undefined) throw invalid('__key__ filter value must be a Key');
  return pathKey(parseName(value.referenceValue).path);
}

/** Whether a document satisfies one condition. A range matches only values of the operand's type; `!=` needs a value that is not null. */
export function satisfies(document: StoredDocument, { fieldPath, names, operator, values, keys }: Condition): boolean {
  if (fieldPath === NAME_FIELD) return compares(operator, pathKey(pathOf(document.name)), keys);
  const value = getField(document.fields, names);
  if (!value) return false;
  if (operator === 'contains') {
    return (value.arrayValue?.values ?? []).some((element) => valueKey(element).equals(keys[0] as Buffer));
  }
  if (operator === 'notIn') {
    return valueType(value) !== TYPE.null && compares(operator, valueKey(value), keys);
  }
  if (operator !== 'eq' && valueType(value) !== valueType(values[0] ?? {})) return false;
  return compares(operator, valueKey(value), keys);
}

function compares(operator: ConditionOperator, key: Buffer, keys: readonly Buffer[]): boolean {
  if (operator === 'notIn') return !keys.some((other) => other.equals(key));
  const operand = keys[0] as Buffer;
  if (operator === 'below') return key.subarray(0, operand.length).equals(operand);
  const order = Buffer.compare(key, operand);
  switch (operator) {
    case 'lt':
      return order < 0;
    case 'le':
      return order <= 0;
    case 'gt':
      return order > 0;
    case 'ge':
      return order >= 0;
    default:
      return order === 0;
  }
}
