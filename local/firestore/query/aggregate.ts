import { invalid } from '../errors.ts';
import { getField, parseFieldPath } from '../values/field-path.ts';
import { clampedToInt64, isNumber } from '../values/numbers.ts';
import type { Aggregation, ProtoValue, StoredDocument } from '../wire.ts';
import type { Query } from './query.ts';

/** cloud.google.com/firestore/docs/reference/rpc/google.firestore.v1#structuredaggregationquery */
const MAX_AGGREGATIONS = 5;

/** The answer, and the number of index entries it took (at most 1,000 of them cost one read). */
export interface AggregationAnswer {
  aggregateFields: Record<string, ProtoValue>;
  entries: number;
}

/** `past` gives the documents of an earlier moment. Throws INVALID_ARGUMENT. */
export function aggregate(
  query: Query,
  aggregations: readonly Aggregation[],
  past?: () => StoredDocument[],
): AggregationAnswer {
  if (aggregations.length === 0 || aggregations.length > MAX_AGGREGATIONS) {
    throw invalid(`An aggregation query needs 1 to ${MAX_AGGREGATIONS} aggregations.`);
  }
  const aliased = (answer: (one: Aggregation) => ProtoValue) =>
    Object.fromEntries(aggregations.map((one, at) => [one.alias || `field_${at + 1}`, answer(one)]));
  if (!past && aggregations.every(({ count }) => count)) {
    const entries = query.count(Math.max(...aggregations.map(limitOf)));
    return { aggregateFields: aliased((one) => integer(Math.min(entries, limitOf(one)))), entries };
  }
  const documents = past ? past() : query.run();
  return { aggregateFields: aliased((one) => answerOf(one, documents)), entries: documents.length };
}

/** A sum or average reads an index that holds its field: documents without the field are not in the result. */
export function aggregatedFields(aggregations: readonly Aggregation[]): string[] {
  return aggregations.flatMap(({ sum, avg }) => (sum ?? avg)?.field.fieldPath ?? []);
}

function answerOf(aggregation: Aggregation, documents: readonly StoredDocument[]): ProtoValue {
  const { count, sum, avg } = aggregation;
  if (count) return integer(Math.min(documents.length, limitOf(aggregation)));
  const field = sum?.field ?? avg?.field;
  if (!field) throw invalid('An aggregation needs an operator.');
  const names = parseFieldPath(field.fieldPath);
  const numbers = documents.map(({ fields }) => getField(fields, names) ?? {}).filter(isNumber);
  return sum ? sumOf(numbers) : averageOf(numbers);
}

const limitOf = ({ count }: Aggregation): number => Number(count?.upTo?.value ?? Number.POSITIVE_INFINITY);
const integer = (value: number): ProtoValue => ({ integerValue: String(value) });

/** An exact integer while all are integers and the sum fits int64, else a double. */
function sumOf(numbers: readonly ProtoValue[]): ProtoValue {
  let integers = 0n;
  let doubles: number | undefined;
  for (const { integerValue, doubleValue } of numbers) {
    if (integerValue !== undefined) integers += BigInt(integerValue);
    if (doubleValue !== undefined) doubles = (doubles ?? 0) + doubleValue;
  }
  if (doubles === undefined && integers === clampedToInt64(integers)) return { integerValue: String(integers) };
  return { doubleValue: Number(integers) + (doubles ?? 0) };
}

function averageOf(numbers: readonly ProtoValue[]): ProtoValue {
  if (numbers.length === 0) return { nullValue: 'NULL_VALUE' };
  const { integerValue, doubleValue } = sumOf(numbers);
  return { doubleValue: Number(integerValue ?? doubleValue) / numbers.length };
}
