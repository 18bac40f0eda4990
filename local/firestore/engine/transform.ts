import type { ProtoValue } from '../change.ts';
import { invalid } from '../errors.ts';
import { valueKey } from '../values/key.ts';
import type { FieldTransform } from '../wire.ts';

const MAX_INT64 = 2n ** 63n - 1n;
const MIN_INT64 = -(2n ** 63n);
const NULL: ProtoValue = { nullValue: 'NULL_VALUE' };

/** What a transform leaves in the field, and what it answers: array transforms answer null. */
export function transformed(
  transform: FieldTransform,
  current: ProtoValue | undefined,
  requestTime: ProtoValue,
): { value: ProtoValue; result: ProtoValue } {
  if (transform.setToServerValue === 'REQUEST_TIME') return { value: requestTime, result: requestTime };
  if (transform.appendMissingElements) {
    return { value: append(current, transform.appendMissingElements.values ?? []), result: NULL };
  }
  if (transform.removeAllFromArray) {
    return { value: remove(current, transform.removeAllFromArray.values ?? []), result: NULL };
  }
  const value = numeric(transform, current);
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

function isNumber(value: ProtoValue): boolean {
  return value.integerValue !== undefined || value.doubleValue !== undefined;
}

/** Integers stay integers and stop at the ends of int64; with a double the sum is a double. */
function sum(a: ProtoValue, b: ProtoValue): ProtoValue {
  if (a.integerValue !== undefined && b.integerValue !== undefined) {
    const exact = BigInt(a.integerValue) + BigInt(b.integerValue);
    return { integerValue: String(exact > MAX_INT64 ? MAX_INT64 : exact < MIN_INT64 ? MIN_INT64 : exact) };
  }
  return { doubleValue: Number(a.integerValue ?? a.doubleValue) + Number(b.integerValue ?? b.doubleValue) };
}

const identity = (value: ProtoValue): string => valueKey(value).toString('latin1');

function append(current: ProtoValue | undefined, elements: readonly ProtoValue[]): ProtoValue {
  const values = [...(current?.arrayValue?.values ?? [])];
  const present = new Set(values.map(identity));
  for (const element of elements) {
    if (present.has(identity(element))) continue;
    present.add(identity(element));
    values.push(element);
  }
  return { arrayValue: { values } };
}

function remove(current: ProtoValue | undefined, elements: readonly ProtoValue[]): ProtoValue {
  const gone = new Set(elements.map(identity));
  return { arrayValue: { values: (current?.arrayValue?.values ?? []).filter((value) => !gone.has(identity(value))) } };
}
