import assert from 'node:assert/strict';
import { FieldValue } from 'firebase-admin/firestore';
import { type AdminStack, code, DATABASE, ROOT, refusal, startAdminStack } from '../admin.ts';

const MAX_VALUE_BYTES = 1_048_487;
const integer = (n: number) => ({ integerValue: String(n) });
const list = (values: object[]) => ({ arrayValue: { values } });
const map = (fields: object) => ({ mapValue: { fields } });
const repeated = (count: number, each: (at: number) => [string, object]) =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => each(at)));
const integers = (count: number) => list(Array.from({ length: count }, (_, at) => integer(at)));
const nested = (levels: number): object =>
  levels === 0 ? integer(1) : levels % 2 ? map({ m: nested(levels - 1) }) : list([nested(levels - 1)]);
const path = (collections: number) => Array.from({ length: collections }, (_, at) => `c${at}/d`).join('/');
const asc = (fieldPath: string) => ({ fieldPath, order: 'ASCENDING' });

/** What is just allowed, and what is just not: each the path and the fields of a document. */
const LIMITS: Record<string, [allowed: [string, object], refused: [string, object], why: RegExp]> = {
  'a text of 1,048,487 bytes': [
    ['big/text', { t: { stringValue: 'x'.repeat(MAX_VALUE_BYTES) } }],
    ['big/text2', { t: { stringValue: 'x'.repeat(MAX_VALUE_BYTES + 1) } }],
    /The value of property "t" is longer than 1048487 bytes\./,
  ],
  'bytes, 1,048,487 of them': [
    ['big/bytes', { t: { bytesValue: Buffer.alloc(MAX_VALUE_BYTES) } }],
    ['big/bytes2', { t: { bytesValue: Buffer.alloc(MAX_VALUE_BYTES + 1) } }],
    /The value of property "t" is longer than 1048487 bytes\./,
  ],
  'a document of 1 MiB, counted with its names and values': [
    // 16 + 4 + 2 for the name, 32 for the document; 2 + 1 for each text, 2 + 8 for the number.
    [
      'big/a',
      { n: integer(1), t: { stringValue: 'x'.repeat(MAX_VALUE_BYTES - 3) }, u: { stringValue: 'é'.repeat(11) } },
    ],
    [
      'big/b',
      { n: integer(1), t: { stringValue: 'x'.repeat(MAX_VALUE_BYTES - 2) }, u: { stringValue: 'é'.repeat(11) } },
    ],
    /size \(1,048,577 bytes\) exceeds the maximum allowed size of 1,048,576 bytes/,
  ],
  'a document id of 1,500 bytes': [[`ids/${'é'.repeat(750)}`, {}], [`ids/${'é'.repeat(750)}x`, {}], /1500 bytes/],
  'a collection id of 1,500 bytes': [[`${'x'.repeat(1500)}/a`, {}], [`${'x'.repeat(1501)}/a`, {}], /1500 bytes/],
  'a document name of 6 KiB': [
    [`${'x'.repeat(1400)}/${'y'.repeat(1400)}`, {}],
    [Array.from({ length: 6 }, () => 'z'.repeat(1100)).join('/'), {}],
    /6144 bytes/,
  ],
  '100 collections one below the other': [[path(100), {}], [path(101), {}], /100/],
  'a field name of 1,500 bytes': [
    ['names/a', { ['é'.repeat(750)]: integer(1) }],
    ['names/b', { [`${'é'.repeat(750)}x`]: integer(1) }],
    /1500 bytes/,
  ],
  'a field path of 1,500 bytes': [
    ['names/c', { a: map({ ['é'.repeat(749)]: integer(1) }) }],
    ['names/d', { a: map({ ['é'.repeat(749)]: map({ b: integer(1) }) }) }],
    /1500 bytes/,
  ],
  'lists and maps 20 levels deep': [['deep/a', { f: nested(20) }], ['deep/b', { f: nested(21) }], /20 levels/],
  '40,000 index entries: 20,000 numbers, rising and falling': [
    ['entries/a', repeated(20_000, (at) => [`f${at}`, integer(at)])],
    ['entries/b', repeated(20_001, (at) => [`f${at}`, integer(at)])],
    /too many index entries for entity \/entries\/b/,
  ],
  '40,000 index entries: 19,999 different elements of a list': [
    ['entries/c', { f: integers(19_999) }],
    ['entries/d', { f: integers(20_000) }],
    /too many index entries for entity \/entries\/d/,
  ],
  'index entries of 7.5 KiB, long values cut to 1,500 bytes': [
    ['wide/a', repeated(5, (at) => [`f${at}`, { stringValue: 'x'.repeat(9000) }])],
    ['wide/b', repeated(6, (at) => [`f${at}`, { stringValue: 'x'.repeat(1499) }])],
    /Index entry is too large/,
  ],
  '8 MiB of index entries': [
    [`sum/${'x'.repeat(1000)}`, { f: integers(3900) }],
    [`sum/${'y'.repeat(1000)}`, { f: integers(4000) }],
    /8388608/,
  ],
  'a vector of 2,048 dimensions': [
    ['vectors/a', { v: vector(2048) }],
    ['vectors/b', { v: vector(2049) }],
    /2048 dimensions/,
  ],
};

function vector(dimensions: number): object {
  return map({ __type__: { stringValue: '__vector__' }, value: list(Array(dimensions).fill({ doubleValue: 1 })) });
}

describe('firestore conformance: limits', () => {
  let stack: AdminStack;
  before(async () => {
    const wide = ['f0', 'f1', 'f2', 'f3', 'f4', 'f5'].map(asc);
    stack = await startAdminStack({
      indexes: {
        indexes: [{ collectionGroup: 'wide', queryScope: 'COLLECTION', fields: wide }],
        fieldOverrides: [{ collectionGroup: 'exempted', fieldPath: 'f', indexes: [] }],
      },
    });
  });
  after(() => stack.stop());

  const commit = (writes: object[]) => stack.call('Commit', { database: DATABASE, writes });
  const write = (at: string, fields: object) => commit([{ update: { name: `${ROOT}/${at}`, fields } }]);

  for (const [name, [allowed, refused, why]] of Object.entries(LIMITS)) {
    it(`${name}, not more`, async () => {
      await write(...allowed);
      assert.equal((await stack.db.doc(allowed[0]).get()).exists, true);
      const { code: found, message } = await refusal(write(...refused));
      assert.equal(found, code.invalid);
      assert.match(message, why);
    });
  }

  it('an exempted field has no index entries', async () => {
    await write('exempted/a', { f: integers(45_000) });
    assert.equal((await stack.db.doc('exempted/a').get()).get('f').length, 45_000);
  });

  it('an element that is in a list twice has its index entries once', async () => {
    await write('twice/a', { f: list(Array(45_000).fill(integer(1))) });
    assert.equal((await stack.db.collection('twice').where('f', 'array-contains', 1).count().get()).data().count, 1);
  });

  const increments = (from: number, count: number) =>
    repeated(count, (at) => [`f${from + at}`, FieldValue.increment(1)]);
  it('500 field transforms of one document in a commit, not more', async () => {
    const [first, second] = [stack.db.doc('transforms/a'), stack.db.doc('transforms/b')];
    const batch = (more: number) =>
      stack.db
        .batch()
        .set(first, increments(0, 250))
        .set(first, increments(250, 250 + more))
        .set(second, increments(0, 9));
    assert.equal((await batch(0).commit()).length, 3);
    const { code: found, message } = await refusal(batch(1).commit());
    assert.equal(found, code.invalid);
    assert.match(message, /cannot have more than 500 field transforms on a single document/);
    assert.equal((await first.get()).get('f0'), undefined);
    assert.equal((await second.get()).get('f0'), 1);
  });

  it('a commit takes no document of another database or project', async () => {
    for (const database of ['projects/demo-test/databases/other', 'projects/else/databases/(default)']) {
      const { code: found } = await refusal(commit([{ update: { name: `${database}/documents/a/b` } }]));
      assert.equal(found, code.invalid);
    }
  });

  it('a commit may be large in number: 2,000 writes', async () => {
    const batch = stack.db.batch();
    for (let at = 0; at < 2000; at++) batch.set(stack.db.doc(`many/d${at}`), { at });
    assert.equal((await batch.commit()).length, 2000);
    assert.equal((await stack.db.collection('many').count().get()).data().count, 2000);
  });
});
