import { invalid } from '../errors.ts';
import { parseName, pathOf } from '../names.ts';
import { fieldPathText, getField, parseFieldPath } from '../values/field-path.ts';
import { valueKey } from '../values/key.ts';
import { ALL, afterPrefix, includes, type Range } from '../values/ranges.ts';
import type { ProtoValue, StoredDocument } from '../wire.ts';

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
const NAN_KEY = valueKey({ doubleValue: Number.NaN });

export const isInequality = ({ operator }: Condition): boolean => operator === 'range' || operator === 'notIn';

/** Compares one field with one value; `NOT_IN` with several. Throws INVALID_ARGUMENT. */
export function condition(path: string, op: string, values: readonly ProtoValue[], nameKey: NameKey): Condition {
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
  // NaN is the lowest number in order, but no range holds it.
  const lowest = NAN_KEY.subarray(0, 1).equals(type) ? afterPrefix(NAN_KEY) : type;
  const ofType = isName ? ALL : { from: lowest, to: afterPrefix(type) };
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
      if (op === 'NOT_IN' && keys.some((one) => one.equals(NULL_KEY))) return [];
      const starts = [isName ? ALL.from : afterPrefix(NULL_KEY), ...sorted.map(afterPrefix)];
      return starts.map((from, at) => ({ from, to: sorted[at] ?? ALL.to }));
    }
    default:
      throw invalid(`Unknown operator "${op}".`);
  }
}
