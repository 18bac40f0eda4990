import assert from 'node:assert/strict';
import { FieldPath, FieldValue, type Firestore, GeoPoint, type Query, Timestamp } from 'firebase-admin/firestore';
import { type AdminStack, DATABASE, ROOT, startAdminStack } from '../admin.ts';

/** In the order of their UTF-8 bytes; by UTF-16 units the last three would come before U+FB01. */
const TEXTS = ['!', 'A', 'Z', 'a', 'ab', 'b', '\u007f', '\u00e9', '\u07ff', '\u0800', '\ud7ff', '\ufb01', '\uffff'];
const ASTRAL = ['\u{10000}', '\u{1f3ac}', '\u{10ffff}'];
const BYTE_ORDER = [...TEXTS, ...ASTRAL];

describe('firestore conformance: order', () => {
  let stack: AdminStack;
  let db: Firestore;
  before(async () => {
    stack = await startAdminStack();
    ({ db } = stack);
  });
  after(() => stack.stop());

  const seeded = async (collection: string, documents: Record<string, object>) => {
    const batch = db.batch();
    for (const [id, document] of Object.entries(documents)) batch.set(db.doc(`${collection}/${id}`), document);
    await batch.commit();
    return db.collection(collection);
  };
  const byIndex = (values: readonly unknown[], field: string) =>
    Object.fromEntries(values.map((value, at) => [`d${(at * 7) % values.length}-${at}`, { [field]: value, at }]));
  const positions = async (query: Query) => (await query.get()).docs.map((document) => document.get('at'));
  const ids = async (query: Query) => (await query.get()).docs.map(({ id }) => id);

  describe('of text is that of UTF-8 bytes', () => {
    before(async () => {
      await seeded('texts', byIndex(BYTE_ORDER, 'text'));
      await seeded('names', Object.fromEntries(BYTE_ORDER.map((id) => [id, {}])));
      await seeded(
        'maps',
        byIndex(
          BYTE_ORDER.map((name) => ({ [name]: 1 })),
          'map',
        ),
      );
    });
    it('in values, rising', async () =>
      assert.deepEqual(await positions(db.collection('texts').orderBy('text')), [...BYTE_ORDER.keys()]));
    it('in values, falling', async () =>
      assert.deepEqual(
        await positions(db.collection('texts').orderBy('text', 'desc')),
        [...BYTE_ORDER.keys()].reverse(),
      ));
    it('in document ids', async () => assert.deepEqual(await ids(db.collection('names')), BYTE_ORDER));
    it('in document ids, falling', async () =>
      assert.deepEqual(
        await ids(db.collection('names').orderBy(FieldPath.documentId(), 'desc')),
        [...BYTE_ORDER].reverse(),
      ));
    it('in the names of map fields', async () =>
      assert.deepEqual(await positions(db.collection('maps').orderBy('map')), [...BYTE_ORDER.keys()]));
    it('in ranges: what is above U+FFFF is beyond the BMP', async () =>
      assert.deepEqual(await positions(db.collection('texts').where('text', '>', '\uffff')), [13, 14, 15]));
    it('in ranges of document ids', async () =>
      assert.deepEqual(await ids(db.collection('names').where(FieldPath.documentId(), '>', '\uffff')), ASTRAL));
    it('in listDocuments', async () => {
      const listed = await db.collection('names').listDocuments();
      assert.deepEqual(
        listed.map(({ id }) => id),
        BYTE_ORDER,
      );
    });
    it('in ListCollectionIds', async () => {
      const batch = db.batch();
      for (const id of BYTE_ORDER) batch.set(db.doc(`above/one/${id}/x`), {});
      await batch.commit();
      // Over the wire: the client library sorts what it gets, by UTF-16.
      const request = { parent: `${ROOT}/above/one` };
      const { collectionIds } = await stack.call<{ collectionIds: string[] }>('ListCollectionIds', request);
      assert.deepEqual(collectionIds, BYTE_ORDER);
    });
    it('in a listener', async () => {
      const names = await new Promise<string[]>((resolve, reject) => {
        const stop = db.collection('names').onSnapshot(({ docs }) => {
          stop();
          resolve(docs.map(({ id }) => id));
        }, reject);
      });
      assert.deepEqual(names, BYTE_ORDER);
    });
  });

  describe('of numbers', () => {
    const integer = (value: bigint) => ({ integerValue: String(value) });
    const double = (doubleValue: number) => ({ doubleValue });
    const rising = [
      double(Number.NaN),
      double(Number.NEGATIVE_INFINITY),
      double(-Number.MAX_VALUE),
      integer(-(2n ** 63n)),
      integer(-(2n ** 53n) - 1n),
      double(-(2 ** 53)),
      double(-0.5),
      integer(0n),
      double(Number.MIN_VALUE),
      integer(1n),
      double(2 ** 53),
      integer(2n ** 53n + 1n),
      double(2 ** 53 + 2),
      integer(2n ** 63n - 1n),
      double(2 ** 63),
      double(Number.POSITIVE_INFINITY),
    ];
    before(async () => {
      const writes = rising.map((value, at) => ({
        update: { name: `${ROOT}/numbers/n${(at * 7) % 16}`, fields: { value, at: integer(BigInt(at)) } },
      }));
      await stack.call('Commit', { database: DATABASE, writes });
    });
    const numbers = () => db.collection('numbers');

    it('is exact between integers and doubles', async () =>
      assert.deepEqual(await positions(numbers().orderBy('value')), [...rising.keys()]));
    it('is exact when falling', async () =>
      assert.deepEqual(await positions(numbers().orderBy('value', 'desc')), [...rising.keys()].reverse()));
    it('a range from below leaves out NaN', async () =>
      assert.deepEqual(await positions(numbers().where('value', '<', -1)), [1, 2, 3, 4, 5]));
    it('a range from below that includes its end leaves out NaN', async () =>
      assert.deepEqual(await positions(numbers().where('value', '<=', Number.NEGATIVE_INFINITY)), [1]));
    it('a range beyond 2^53 is exact', async () =>
      assert.deepEqual(await positions(numbers().where('value', '>', 2n ** 53n)), [11, 12, 13, 14, 15]));
    it('a range between an integer and the next double', async () =>
      assert.deepEqual(
        await positions(
          numbers()
            .where('value', '>', 2n ** 53n + 1n)
            .where('value', '<', 2 ** 63),
        ),
        [12, 13],
      ));
    it('equal numbers of both kinds go by document name', async () => {
      const fields = { a: double(3), b: integer(3n), c: double(3), d: integer(3n) };
      const writes = Object.entries(fields).map(([id, n]) => ({
        update: { name: `${ROOT}/threes/${id}`, fields: { n } },
      }));
      await stack.call('Commit', { database: DATABASE, writes });
      assert.deepEqual(await ids(db.collection('threes').orderBy('n')), ['a', 'b', 'c', 'd']);
    });
  });

  describe('of types', () => {
    const rising: [type: string, lowest: unknown, other: unknown][] = [
      ['null', null, null],
      ['boolean', false, true],
      ['number', Number.NEGATIVE_INFINITY, 7],
      ['timestamp', new Timestamp(-62_135_596_800, 0), new Timestamp(1, 0)],
      ['string', '', 'text'],
      ['bytes', Buffer.alloc(0), Buffer.from([1])],
      ['reference', 'a/a', 'b/a'],
      ['place', new GeoPoint(-90, -180), new GeoPoint(1, 1)],
      ['array', [], [null]],
      ['vector', FieldValue.vector([]), FieldValue.vector([1])],
      ['map', {}, { a: null }],
    ];
    const fieldValue = (type: string, value: unknown) => (type === 'reference' ? db.doc(String(value)) : value);
    before(async () => {
      const values = rising.flatMap(([type, lowest, other]) => [fieldValue(type, lowest), fieldValue(type, other)]);
      await seeded('types', byIndex(values, 'value'));
    });
    it('null, boolean, number, time, text, bytes, reference, place, list, vector, map', async () => {
      const found = await positions(db.collection('types').orderBy('value'));
      assert.deepEqual(found.slice(2), [...found.keys()].slice(2));
      assert.deepEqual(found.slice(0, 2).sort(), [0, 1]);
    });
    for (const [index, [type, lowest]] of rising.entries()) {
      if (type === 'null' || type === 'vector') continue;
      it(`a range of one type meets no other: ${type}`, async () => {
        const query = db.collection('types').where('value', '>=', fieldValue(type, lowest));
        assert.deepEqual(await positions(query), [index * 2, index * 2 + 1]);
      });
    }
    it('vectors go by length, then by element', async () => {
      const vectors = [[9], [1, 2], [1, 3], [2, 0], [0, 0, 0]].map((elements) => FieldValue.vector(elements));
      const collection = await seeded('vectors', byIndex(vectors, 'value'));
      assert.deepEqual(await positions(collection.orderBy('value')), [0, 1, 2, 3, 4]);
    });
    it('maps go by the first name, its value, then the next', async () => {
      const maps = [{}, { a: 1 }, { a: 1, b: 0 }, { a: 1, c: -1 }, { a: 2 }, { aa: 0 }, { b: -1 }];
      const collection = await seeded('mapOrder', byIndex(maps, 'value'));
      assert.deepEqual(await positions(collection.orderBy('value')), [0, 1, 2, 3, 4, 5, 6]);
    });
    it('references go by path, segment by segment', async () => {
      const paths = ['a/a', 'a/a/b/a', 'a/b', 'a!/a', 'b/a'].map((path) => db.doc(path));
      const collection = await seeded('references', byIndex(paths, 'value'));
      assert.deepEqual(await positions(collection.orderBy('value')), [0, 1, 2, 3, 4]);
    });
  });
});
