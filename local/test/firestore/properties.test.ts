import assert from 'node:assert/strict';
import fc from 'fast-check';
import { FieldPath, type Query, Timestamp } from 'firebase-admin/firestore';
import { valueKey } from '../../firestore/values/key.ts';
import { type AdminStack, startAdminStack } from './admin.ts';

type Value = null | boolean | number | string | Timestamp | Value[] | { [name: string]: Value };
type Fields = Record<string, Value>;
type Operator = '==' | '<' | '<=' | '>' | '>=' | '!=' | 'in' | 'not-in' | 'array-contains' | 'array-contains-any';

interface Asked {
  filters: { field: string; operator: Operator; value: Value }[];
  order: { field: string; direction: 'asc' | 'desc' }[];
  limit: number;
  offset: number;
  start: { value: Value; after: boolean } | undefined;
}

const FIELDS = ['a', 'b'] as const;

const leaf = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.integer({ min: -2, max: 2 }),
  fc.constantFrom(Number.NaN, 0.5, 1e300, Number.NEGATIVE_INFINITY),
  fc.constantFrom('', 'a', 'b', 'ab', '\uffff', '\u{1f3ac}'),
  fc.integer({ min: 0, max: 2 }).map((seconds) => new Timestamp(seconds, 0)),
);
const list = fc.array(leaf, { maxLength: 2 });
const map = fc.dictionary(fc.constantFrom('x', 'y'), leaf, { maxKeys: 2, noNullPrototype: true });
const value: fc.Arbitrary<Value> = fc.oneof(
  { weight: 5, arbitrary: leaf },
  { weight: 1, arbitrary: list },
  { weight: 1, arbitrary: map },
);
const document = fc.record(
  { a: value, b: value, n: fc.integer({ min: 0, max: 3 }) },
  { requiredKeys: [] },
) as fc.Arbitrary<Fields>;

// The client library itself refuses null and NaN where they make no sense.
const sensible = (one: Value): boolean => one !== null && !(typeof one === 'number' && Number.isNaN(one));
const plain = leaf.filter(sensible);
const field = fc.constantFrom(...FIELDS);
const filter = fc.oneof(
  fc.record({ field, operator: fc.constant<Operator>('=='), value }),
  fc.record({ field, operator: fc.constantFrom<Operator>('<', '<=', '>', '>='), value: value.filter(sensible) }),
  fc.record({ field, operator: fc.constant<Operator>('!='), value: leaf }),
  fc.record({ field, operator: fc.constant<Operator>('array-contains'), value: plain }),
  fc.record({
    field,
    operator: fc.constantFrom<Operator>('in', 'array-contains-any', 'not-in'),
    value: fc.array(plain, { minLength: 1, maxLength: 3 }),
  }),
);
const asked: fc.Arbitrary<Asked> = fc
  .record({
    filters: fc.array(filter, { maxLength: 2 }),
    order: fc.uniqueArray(
      fc.record({ field: fc.constantFrom('a', 'b', 'n'), direction: fc.constantFrom('asc' as const, 'desc' as const) }),
      { maxLength: 2, selector: ({ field }) => field },
    ),
    limit: fc.integer({ min: 1, max: 20 }),
    offset: fc.integer({ min: 0, max: 3 }),
    start: fc.option(fc.record({ value: leaf, after: fc.boolean() }), { nil: undefined }),
  })
  .filter(({ filters }) => {
    const negative = filters.filter(({ operator }) => operator === '!=' || operator === 'not-in').length;
    const containing = filters.filter(({ operator }) => operator.startsWith('array-contains')).length;
    const listed = filters.some(({ operator }) => operator === 'in' || operator === 'array-contains-any');
    const excluding = filters.some(({ operator }) => operator === 'not-in');
    return negative <= 1 && containing <= 1 && !(listed && excluding);
  });

/** Firestore's order, written out plainly. */
const RANKS = ['null', 'boolean', 'number', 'timestamp', 'string', 'array', 'map'];
function rank(of: Value): number {
  if (of === null) return 0;
  if (of instanceof Timestamp) return 3;
  if (Array.isArray(of)) return 5;
  const type = typeof of;
  return type === 'object' ? 6 : RANKS.indexOf(type);
}

function compare(a: Value, b: Value): number {
  if (rank(a) !== rank(b)) return rank(a) - rank(b);
  if (typeof a === 'number' && typeof b === 'number') {
    if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(b)) - Number(Number.isNaN(a));
    return a === b ? 0 : a - b;
  }
  if (typeof a === 'string' && typeof b === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b));
  if (a instanceof Timestamp && b instanceof Timestamp) return a.toMillis() - b.toMillis();
  if (Array.isArray(a) && Array.isArray(b)) return compareLists(a, b);
  if (rank(a) === 6) return compareLists(flat(a as Fields), flat(b as Fields));
  return Number(a) - Number(b);
}

const flat = (fields: Fields): Value[] =>
  Object.keys(fields)
    .sort()
    .flatMap((name) => [name, fields[name] as Value]);

function compareLists(a: Value[], b: Value[]): number {
  for (let at = 0; at < Math.min(a.length, b.length); at++) {
    const order = compare(a[at] as Value, b[at] as Value);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

const equal = (a: Value, b: Value): boolean => compare(a, b) === 0;

/** Nothing in a list equals null or NaN. */
const isComparable = (one: Value): boolean => one !== null && !Number.isNaN(one);

function satisfies(found: Value | undefined, operator: Operator, operand: Value): boolean {
  if (found === undefined) return false;
  const operands = Array.isArray(operand) ? operand : [];
  switch (operator) {
    case '==':
      return equal(found, operand);
    case '!=':
      return found !== null && !equal(found, operand);
    case 'in':
      return operands.filter(isComparable).some((one) => equal(found, one));
    case 'not-in':
      return found !== null && !operands.includes(null) && !operands.some((one) => equal(found, one));
    case 'array-contains':
      return Array.isArray(found) && found.some((element) => equal(element, operand));
    case 'array-contains-any':
      return (
        Array.isArray(found) &&
        found.some((element) => operands.filter(isComparable).some((one) => equal(element, one)))
      );
    default: {
      if (rank(found) !== rank(operand) || Number.isNaN(found)) return false;
      const order = compare(found, operand);
      return { '<': order < 0, '<=': order <= 0, '>': order > 0, '>=': order >= 0 }[operator];
    }
  }
}

const INEQUALITIES: Operator[] = ['<', '<=', '>', '>=', '!=', 'not-in'];

function fullOrder({ filters, order }: Asked): Asked['order'] {
  const direction = order.at(-1)?.direction ?? 'asc';
  const implied = filters.filter(({ operator }) => INEQUALITIES.includes(operator)).map(({ field }) => field);
  const missing = [...new Set(implied)].sort().filter((field) => !order.some((one) => one.field === field));
  return [...order, ...missing.map((field) => ({ field, direction })), { field: '__name__', direction }];
}

/** The answer without any index. */
function naive(documents: readonly Fields[], query: Asked): string[] {
  const order = fullOrder(query);
  const rows = documents.map((fields, at): Fields => ({ ...fields, __name__: `d${String(at).padStart(3, '0')}` }));
  const found = rows
    .filter((row) =>
      query.filters.every(({ field, operator, value: operand }) => satisfies(row[field], operator, operand)),
    )
    .filter((row) => order.every(({ field }) => row[field] !== undefined));
  const sign = (direction: string) => (direction === 'desc' ? -1 : 1);
  found.sort((a, b) => {
    for (const { field, direction } of order) {
      const difference = compare(a[field] as Value, b[field] as Value);
      if (difference !== 0) return difference * sign(direction);
    }
    return 0;
  });
  const [first] = query.order;
  const { start } = query;
  const kept = found.filter((row) => {
    if (!start || !first) return true;
    const place = compare(row[first.field] as Value, start.value) * sign(first.direction);
    return start.after ? place > 0 : place >= 0;
  });
  return kept.slice(query.offset, query.offset + query.limit).map((row) => row.__name__ as string);
}

function toQuery(stack: AdminStack, collection: string, { filters, order, limit, offset, start }: Asked): Query {
  let query: Query = stack.db.collection(collection);
  for (const { field, operator, value: operand } of filters)
    query = query.where(new FieldPath(field), operator, operand);
  for (const { field, direction } of order) query = query.orderBy(field, direction);
  if (start && order.length > 0) query = start.after ? query.startAfter(start.value) : query.startAt(start.value);
  return query.offset(offset).limit(limit);
}

/** Every composite index that a query made here can need. */
function allIndexes(): object[] {
  const asc = (fieldPath: string) => ({ fieldPath, order: 'ASCENDING' });
  const desc = (fieldPath: string) => ({ fieldPath, order: 'DESCENDING' });
  const contains = (fieldPath: string) => ({ fieldPath, arrayConfig: 'CONTAINS' });
  const fixed = [
    [],
    [asc('a')],
    [asc('b')],
    [contains('a')],
    [contains('b')],
    [asc('a'), asc('b')],
    [asc('a'), contains('a')],
  ];
  fixed.push([asc('a'), contains('b')], [asc('b'), contains('a')], [asc('b'), contains('b')]);
  const sequences = [['a'], ['b'], ['n'], ['a', 'b'], ['b', 'a'], ['a', 'n'], ['n', 'a'], ['b', 'n'], ['n', 'b']];
  for (const at of ['nab', 'nba', 'anb', 'abn', 'bna', 'ban']) sequences.push([...at]);
  const directed = sequences.flatMap((names) =>
    Array.from({ length: 2 ** names.length }, (_, bits) =>
      names.map((name, at) => ((bits >> at) & 1 ? desc(name) : asc(name))),
    ),
  );
  const names = [asc('__name__'), desc('__name__')];
  return fixed.flatMap((head) => {
    const held = new Set(head.filter((one) => 'order' in one).map(({ fieldPath }) => fieldPath));
    const tails = directed.filter((tail) => !tail.some(({ fieldPath }) => held.has(fieldPath)));
    return tails.flatMap((tail) =>
      names.map((name) => ({ collectionGroup: 'any', queryScope: 'COLLECTION', fields: [...head, ...tail, name] })),
    );
  });
}

describe('firestore properties', () => {
  let stack: AdminStack;
  before(async () => {
    stack = await startAdminStack({ indexes: { indexes: allIndexes() } });
  });
  after(() => stack.stop());

  it('a query answers what looking at every document answers, in the same order', async () => {
    let round = 0;
    const property = fc.asyncProperty(
      fc.array(document, { minLength: 10, maxLength: 25 }),
      fc.array(asked, { minLength: 12, maxLength: 12 }),
      async (documents, queries) => {
        const collection = `rounds/r${round++}/any`;
        const batch = stack.db.batch();
        for (const [at, fields] of documents.entries())
          batch.set(stack.db.doc(`${collection}/d${String(at).padStart(3, '0')}`), fields);
        await batch.commit();
        for (const query of queries) {
          const found = (await toQuery(stack, collection, query).get()).docs.map(({ id }) => id);
          assert.deepEqual(found, naive(documents, query), JSON.stringify(query));
        }
      },
    );
    await fc.assert(property, { seed: 1, numRuns: 40 });
  });

  it('keys of integers and doubles compare as the exact numbers do', () => {
    const integer = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
    const nearby = integer.chain((n) => fc.tuple(fc.constant(n), fc.bigInt({ min: n - 3n, max: n + 3n })));
    const key = (n: bigint) => valueKey({ integerValue: String(BigInt.asIntN(64, n)) });
    fc.assert(
      fc.property(nearby, ([a, b]) => {
        const [first, second] = [BigInt.asIntN(64, a), BigInt.asIntN(64, b)];
        assert.equal(Buffer.compare(key(first), key(second)), first < second ? -1 : Number(first > second));
        const double = Number(second);
        const exact = first < BigInt(double) ? -1 : Number(first > BigInt(double));
        assert.equal(Buffer.compare(key(first), valueKey({ doubleValue: double })), exact);
      }),
      { seed: 1, numRuns: 500 },
    );
  });
});
