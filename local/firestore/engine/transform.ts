import { invalid } from '../errors.ts';
import { valueKey } from '../values/key.ts';
import { clampedToInt64, isNumber } from '../values/numbers.ts';
import type { FieldTransform, ProtoValue } from '../wire.ts';

const NULL: ProtoValue = { nullValue: 'NULL_VALUE' };

/** What a transform leaves in the field, and what it answers: array transforms answer null. */
export function transformed(
  transform: FieldTransform,
  current: ProtoValue | undefined,
  requestTime: ProtoValue,
): { value: ProtoValue; result: ProtoValue } {
  const { appendMissingElements, removeAllFromArray } = transform;
  const old = current?.arrayValue?.values ?? [];
  if (appendMissingElements) return { value: append(old, appendMissingElements.values ?? []), result: NULL };
  if (removeAllFromArray) return { value: remove(old, removeAllFromArray.values ?? []), result: NULL };
  const value = transform.setToServerValue === 'REQUEST_TIME' ? requestTime : numeric(transform, current);
  return { value, result: value };
}

function numeric(transform: FieldTransform, current: ProtoValue | undefined): ProtoValue {
  const operand = transform.increment ?? transform.maximum ?? transform.minimum;
  if (!operand) throw invalid(`Field transform of "${transform.fieldPath}" is missing.`);
  if (!isNumber(operand)) throw invalid(`Field transform of "${transform.fieldPath}" needs a number.`);
  if (!current || !isNumber(current)) return operand;
  if (transform.increment) return sum(current, operand);
  if (Number.isNaN(current.doubleValue) || Number.isNaN(operand.doubleValue)) return { doubleValue: Number.NaN };
  const order = Buffer.compare(valueKey(operand), valueKey(current));
  return (transform.maximum ? order > 0 : order < 0) ? operand : current;
}

/** Integers stay integers and stop at the ends of int64; with a double the sum is a double. */
function sum(a: ProtoValue, b: ProtoValue): ProtoValue {
  if (a.integerValue !== undefined && b.integerValue !== undefined) {
    return { integerValue: String(clampedToInt64(BigInt(a.integerValue) + BigInt(b.integerValue))) };
  }
  return { doubleValue: Number(a.integerValue ?? a.doubleValue) + Number(b.integerValue ?? b.doubleValue) };
}

const identity = (value: ProtoValue): string => valueKey(value).toString('latin1');

function append(old: readonly ProtoValue[], elements: readonly ProtoValue[]): ProtoValue {
  const present = new Set(old.map(identity));
  const isNew = (element: ProtoValue): boolean => present.size < present.add(identity(element)).size;
  return { arrayValue: { values: [...old, ...elements.filter(isNew)] } };
}

function remove(old: readonly ProtoValue[], elements: readonly ProtoValue[]): ProtoValue {
  const gone = new Set(elements.map(identity));
  return { arrayValue: { values: old.filter((value) => !gone.has(identity(value))) } };
}
