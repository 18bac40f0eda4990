import assert from 'node:assert/strict';
import { FieldValue, type Firestore, GeoPoint, Timestamp } from 'firebase-admin/firestore';
import { type AdminStack, code, DATABASE, ROOT, refusal, startAdminStack } from '../admin.ts';

const MAX = 2n ** 63n - 1n;
const MIN = -(2n ** 63n);

describe('firestore conformance: values', () => {
  let stack: AdminStack;
  let exact: Firestore;
  before(async () => {
    stack = await startAdminStack();
    exact = stack.connect();
    exact.settings({ useBigInt: true, host: stack.firestore.host, ssl: false });
  });
  after(() => stack.stop());

  describe('come back as they were written', () => {
    const rows: [name: string, value: unknown][] = [
      ['the largest int64', MAX],
      ['the smallest int64', MIN],
      ['an integer just beyond 2^53', 2n ** 53n + 1n],
      ['a negative integer just beyond 2^53', -(2n ** 53n) - 1n],
      ['the smallest double', Number.MIN_VALUE],
      ['the largest double', Number.MAX_VALUE],
      ['-Infinity', Number.NEGATIVE_INFINITY],
      ['NaN', Number.NaN],
      ['-0', -0],
      ['a string with NUL', 'a\0b'],
      ['a combining accent, not composed', 'e\u0301'],
      ['a character beyond the BMP', '\u{1f3ac}'],
      ['empty bytes', Buffer.alloc(0)],
      ['the first moment that there is', Timestamp.fromDate(new Date('0001-01-01T00:00:00Z'))],
      ['the last microsecond that there is', new Timestamp(253_402_300_799, 999_999_000)],
      ['a place at the pole', new GeoPoint(-90, 180)],
      ['a map in a list in a map', { list: [{ inner: { deep: [null, false] } }] }],
      ['a field name of odd characters', { 'a.b[`c`]/~*\\': true }],
    ];
    for (const [name, value] of rows) {
      it(name, async () => {
        await exact.doc('values/one').set({ value });
        assert.deepEqual((await exact.doc('values/one').get()).get('value'), value);
      });
    }

    it('a vector', async () => {
      await stack.db.doc('values/vector').set({ value: FieldValue.vector([1, -0.5, 3]) });
      assert.deepEqual((await stack.db.doc('values/vector').get()).get('value').toArray(), [1, -0.5, 3]);
    });
  });

  describe('are equal to', () => {
    const integer = (value: bigint | number) => ({ integerValue: String(value) });
    const double = (doubleValue: number) => ({ doubleValue });
    const list = (...values: object[]) => ({ arrayValue: { values } });
    const map = (fields: object) => ({ mapValue: { fields } });
    const stored: Record<string, object> = {
      'double 0': double(0),
      'double 2^53': double(2 ** 53),
      'double 2^63': double(2 ** 63),
      'double 3': double(3),
      'double -0': double(-0),
      'int 0': integer(0),
      'int 2^53': integer(2n ** 53n),
      'int 2^53+1': integer(2n ** 53n + 1n),
      'int 3': integer(3),
      'int max': integer(MAX),
      'list of double': list(double(3)),
      'list of int': list(integer(3)),
      'list of two': list(integer(3), integer(3)),
      'map a b': map({ a: integer(1), b: integer(2) }),
      'map a': map({ a: integer(1) }),
      'map empty': map({}),
      NaN: double(Number.NaN),
      'text 3': { stringValue: '3' },
      'text composed': { stringValue: '\u00e9' },
      'text decomposed': { stringValue: 'e\u0301' },
      'text empty': { stringValue: '' },
      null: { nullValue: 'NULL_VALUE' },
      true: { booleanValue: true },
    };
    before(async () => {
      const writes = Object.entries(stored).map(([id, value]) => ({
        update: { name: `${ROOT}/equal/${id}`, fields: { value } },
      }));
      await stack.call('Commit', { database: DATABASE, writes });
      await stack.db.doc('equal/missing').set({});
    });

    const rows: [operand: unknown, ids: string[]][] = [
      [3, ['double 3', 'int 3']],
      [0, ['double -0', 'double 0', 'int 0']],
      [-0, ['double -0', 'double 0', 'int 0']],
      [2n ** 53n, ['double 2^53', 'int 2^53']],
      [2n ** 53n + 1n, ['int 2^53+1']],
      [2 ** 63, ['double 2^63']],
      [MAX, ['int max']],
      [Number.NaN, ['NaN']],
      [null, ['null']],
      ['', ['text empty']],
      ['3', ['text 3']],
      ['\u00e9', ['text composed']],
      [[3], ['list of double', 'list of int']],
      [{}, ['map empty']],
      [{ a: 1 }, ['map a']],
      [{ b: 2, a: 1 }, ['map a b']],
      [true, ['true']],
    ];
    for (const [operand, ids] of rows) {
      it(`${printed(operand)}: ${ids.join(', ')}`, async () => {
        const { docs } = await exact.collection('equal').where('value', '==', operand).get();
        assert.deepEqual(docs.map(({ id }) => id).sort(), ids.sort());
      });
    }
  });

  it('a time before the year 1 or after 9999 is refused', async () => {
    for (const seconds of ['-62135596801', '253402300800']) {
      const update = { name: `${ROOT}/values/never`, fields: { value: { timestampValue: { seconds } } } };
      const refused = await refusal(stack.call('Commit', { database: DATABASE, writes: [{ update }] }));
      assert.equal(refused.code, code.invalid);
    }
  });

  it('serverTimestamp has whole milliseconds', async () => {
    await stack.db.doc('values/time').set({ at: FieldValue.serverTimestamp() });
    assert.equal((await stack.db.doc('values/time').get()).get('at').nanoseconds % 1_000_000, 0);
  });
});

function printed(value: unknown): string {
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
  return JSON.stringify(value, (_key, inner) => (typeof inner === 'bigint' ? String(inner) : inner));
}
