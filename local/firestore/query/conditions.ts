import { invalid } from '../errors.ts';
import { parseName, pathOf } from '../names.ts';
import { fieldPathText, getField, parseFieldPath } from '../values/field-path.ts';
import { valueKey } from '../values/key.ts';
import { ALL, afterPrefix, includes, type Range } from '../values/ranges.ts';
import type { Filter, ProtoValue, StoredDocument } from '../wire.ts';

/** One comparison of one field. */
export interface Condition {
  /** Canonical text, `__name__` for the document name. */
  fieldPath: string;
  operator: 'eq' | 'contains' | 'range' | 'notIn';
  /** The key of the (first) operand. */
  operand: Buffer;
  satisfiedBy(document: StoredDocument): boolean;
  /** Where the keys lie that satisfy it, in rising order. A range holds only keys of the operand's type; `!=` leaves out null. */
  ranges: readonly Range[];
}

/** The key of a document's path (below `documents/`) that its name is compared by. May throw INVALID_ARGUMENT. */
export type NameKey = (path: string) => Buffer;

export const NAME_FIELD = '__name__';

const NULL_KEY = valueKey({ nullValue: 'NULL_VALUE' });

/** cloud.google.com/firestore/docs/query-data/queries#limitations */
const MAX_DISJUNCTIONS = 30;
const MAX_NOT_IN = 10;

export const isInequality = ({ operator }: Condition): boolean => operator === 'range' || operator === 'notIn';

/** A filter as an OR of ANDs; one empty AND when there is no filter. Throws INVALID_ARGUMENT. */
export function disjunctiveNormalForm(filter: Filter | undefined, nameKey: NameKey): Condition[][] {
  const disjuncts = filter ? expand(filter, nameKey) : [[]];
  if (disjuncts.length > MAX_DISJUNCTIONS) {
    throw invalid(`The query has ${disjuncts.length} disjunctions, at most ${MAX_DISJUNCTIONS} are allowed.`);
  }
  for (const conditions of disjuncts) {
    if (conditions.filter(({ operator }) => operator === 'contains').length > 1) {
      throw invalid('A maximum of 1 ARRAY_CONTAINS filter is allowed per disjunction.');
    }
    if (conditions.filter(({ operator }) => operator === 'notIn').length > 1) {
      throw invalid('Only one NOT_IN or NOT_EQUAL filter is allowed per query.');
    }
  }
  return disjuncts;
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
  if (op === 'IN') return listOf(op, value, MAX_DISJUNCTIONS).map((each) => one('EQUAL', each));
  if (op === 'ARRAY_CONTAINS_ANY')
    return listOf(op, value, MAX_DISJUNCTIONS).map((each) => one('ARRAY_CONTAINS', each));
  if (op === 'NOT_IN') return [one(op, ...listOf(op, value, MAX_NOT_IN))];
  return [one(op, value)];
}

function product(left: Condition[][], right: Condition[][]): Condition[][] {
  // Stops an exponential product long before it fills the memory.
  if (left.length * right.length > 1000) {
    throw invalid(`The query has too many disjunctions, at most ${MAX_DISJUNCTIONS} are allowed.`);
  }
  return left.flatMap((some) => right.map((others) => [...some, ...others]));
}

function listOf(op: string, value: ProtoValue, max: number): readonly ProtoValue[] {
  const values = value.arrayValue?.values ?? [];
  if (values.length === 0) throw invalid(`'${op}' requires an non-empty ArrayValue.`);
  if (values.length > max) throw invalid(`'${op}' supports up to ${max} comparison values.`);
  return values;
}

function condition(path: string, op: string, values: readonly ProtoValue[], nameKey: NameKey): Condition {
  const isName = path === NAME_FIELD;
  const names = parseFieldPath(path);
  const keys = values.map((value) => (isName ? nameKey(nameOperand(value)) : valueKey(value)));
  const operand = keys[0] as Buffer;
  const ranges = rangesOf(op, keys, isName);
  const holds = (key: Buffer): boolean => ranges.some((range) => includes(range, key));
  const satisfiedBy = (document: StoredDocument): boolean => {
    if (isName) return holds(nameKey(pathOf(document.name)));
    const value = getField(document.fields, names);
    if (!value) return false;
    if (op === 'ARRAY_CONTAINS') return (value.arrayValue?.values ?? []).some((element) => holds(valueKey(element)));
    return holds(valueKey(value));
  };
  return { fieldPath: isName ? path : fieldPathText(names), operator: operatorOf(op), operand, ranges, satisfiedBy };
}

function nameOperand({ referenceValue }: ProtoValue): string {
  if (referenceValue === undefined) throw invalid('__key__ filter value must be a Key');
  return parseName(referenceValue).path;
}

function operatorOf(op: string): Condition['operator'] {
  if (op === 'EQUAL') return 'eq';
  if (op === 'ARRAY_CONTAINS') return 'contains';
  return op.startsWith('NOT_') ? 'notIn' : 'range';
}

function rangesOf(op: string, keys: readonly Buffer[], isName: boolean): Range[] {
  const key = keys[0] as Buffer;
  const after = afterPrefix(key);
  const type = key.subarray(0, 1);
  const ofType = isName ? ALL : { from: type, to: afterPrefix(type) };
  switch (op) {
    case 'EQUAL':
    case 'ARRAY_CONTAINS':
      return [{ from: key, to: after }];
    case 'LESS_THAN':
      return [{ from: ofType.from, to: key }];
    case 'LESS_THAN_OR_EQUAL':
      return [{ from: ofType.from, to: after }];
    case 'GREATER_THAN':
      return [{ from: after, to: ofType.to }];
    case 'GREATER_THAN_OR_EQUAL':
      return [{ from: key, to: ofType.to }];
    case 'NOT_EQUAL':
    case 'NOT_IN': {
      const sorted = [...keys].sort(Buffer.compare);
      const starts = [isName ? ALL.from : afterPrefix(NULL_KEY), ...sorted.map(afterPrefix)];
      return starts.map((from, at) => ({ from, to: sorted[at] ?? ALL.to }));
    }
    default:
      throw invalid(`Unknown operator "${op}".`);
  }
}
