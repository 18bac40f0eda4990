import type { ProtoValue, StoredDocument } from '../change.ts';
import { invalid } from '../errors.ts';
import { fieldPathText, getField, parseFieldPath } from '../values/field-path.ts';
import type { Aggregation, StructuredQuery } from '../wire.ts';
import type { FirestoreQuery } from './compile.ts';
import { disjunctiveNormalForm, NAME_FIELD } from './conditions.ts';
import { fullOrder } from './order.ts';

/** cloud.google.com/firestore/docs/reference/rpc/google.firestore.v1#structuredaggregationquery */
const MAX_AGGREGATIONS = 5;
const MAX_INT64 = 2n ** 63n - 1n;
const MIN_INT64 = -(2n ** 63n);

/** The answer, and the number of index entries it took (at most 1,000 of them cost one read). */
export interface AggregationAnswer {
  aggregateFields: Record<string, ProtoValue>;
  entries: number;
}

/** `past` gives the documents of an earlier moment. Throws INVALID_ARGUMENT. */
export function aggregate(
  query: FirestoreQuery,
  aggregations: readonly Aggregation[],
  past?: () => StoredDocument[],
): AggregationAnswer {
  if (aggregations.length === 0 || aggregations.length > MAX_AGGREGATIONS) {
    throw invalid(`An aggregation query needs 1 to ${MAX_AGGREGATIONS} aggregations.`);
  }
  const aliasOf = ({ alias }: Aggregation, at: number): string => alias || `field_${at + 1}`;
  if (!past && aggregations.every(({ count }) => count)) {
    const limits = aggregations.map(({ count }) => Number(count?.upTo?.value ?? Number.POSITIVE_INFINITY));
    const entries = query.count(Math.max(...limits));
    const counts = aggregations.map(
      (one, at) => [aliasOf(one, at), integer(Math.min(entries, limits[at] ?? 0))] as const,
    );
    return { aggregateFields: Object.fromEntries(counts), entries };
  }
  const documents = past ? past() : query.run();
  const answers = aggregations.map((one, at) => [aliasOf(one, at), answerOf(one, documents)] as const);
  return { aggregateFields: Object.fromEntries(answers), entries: documents.length };
}

/** A sum or average reads an index that holds its field: documents without the field are not in the result. */
export function withAggregatedFields(query: StructuredQuery, aggregations: readonly Aggregation[]): StructuredQuery {
  const fields = aggregations.flatMap(({ sum, avg }) => sum?.field ?? avg?.field ?? []);
  if (fields.length === 0) return query;
  const disjuncts = disjunctiveNormalForm(query.where);
  const order = fullOrder(query, disjuncts).filter(({ fieldPath }) => fieldPath !== NAME_FIELD);
  const direction = order.at(-1)?.direction ?? 'ASCENDING';
  const present = new Set(order.map(({ fieldPath }) => fieldPath));
  const orderBy = order.map((one) => ({ field: { fieldPath: one.fieldPath }, direction: one.direction }));
  for (const { fieldPath } of fields) {
    const text = fieldPathText(parseFieldPath(fieldPath));
    if (text !== NAME_FIELD && !present.has(text)) orderBy.push({ field: { fieldPath: text }, direction });
    present.add(text);
  }
  return { ...query, orderBy };
}

function answerOf({ count, sum, avg }: Aggregation, documents: readonly StoredDocument[]): ProtoValue {
  if (count) return integer(Math.min(documents.length, Number(count.upTo?.value ?? Number.POSITIVE_INFINITY)));
  const field = sum?.field ?? avg?.field;
  if (!field) throw invalid('An aggregation needs an operator.');
  const names = parseFieldPath(field.fieldPath);
  const numbers = documents.map(({ fields }) => getField(fields, names) ?? {}).filter(isNumber);
  return sum ? sumOf(numbers) : averageOf(numbers);
}

const isNumber = (value: ProtoValue): boolean => value.integerValue !== undefined || value.doubleValue !== undefined;
const integer = (value: number): ProtoValue => ({ integerValue: String(value) });

/** An exact integer while all are integers and the sum fits int64, else a double. */
function sumOf(numbers: readonly ProtoValue[]): ProtoValue {
  let integers = 0n;
  let doubles = 0;
  let exact = true;
  for (const { integerValue, doubleValue } of numbers) {
    if (integerValue !== undefined) integers += BigInt(integerValue);
    if (doubleValue === undefined) continue;
    doubles += doubleValue;
    exact = false;
  }
  if (exact && integers <= MAX_INT64 && integers >= MIN_INT64) return { integerValue: String(integers) };
  return { doubleValue: Number(integers) + doubles };
}

function averageOf(numbers: readonly ProtoValue[]): ProtoValue {
  if (numbers.length === 0) return { nullValue: 'NULL_VALUE' };
  const { integerValue, doubleValue } = sumOf(numbers);
  return { doubleValue: Number(integerValue ?? doubleValue) / numbers.length };
}
