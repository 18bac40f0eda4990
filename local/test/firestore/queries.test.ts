import assert from 'node:assert/strict';
import { FieldPath, Filter, type Query, Timestamp } from 'firebase-admin/firestore';
import { type AdminStack, refusal, startAdminStack } from './admin.ts';

const INVALID = 3;

describe('firestore queries', () => {
  let stack: AdminStack;
  before(async () => {
    stack = await startAdminStack({
      indexes: {
        indexes: [
          {
            collectionGroup: 'films',
            queryScope: 'COLLECTION',
            fields: [
              { fieldPath: 'genre', order: 'ASCENDING' },
              { fieldPath: 'year', order: 'DESCENDING' },
            ],
          },
          {
            collectionGroup: 'films',
            queryScope: 'COLLECTION',
            fields: [
              { fieldPath: 'year', order: 'ASCENDING' },
              { fieldPath: 'stars', order: 'ASCENDING' },
            ],
          },
          {
            collectionGroup: 'films',
            queryScope: 'COLLECTION',
            fields: [
              { fieldPath: 'tags', arrayConfig: 'CONTAINS' },
              { fieldPath: 'year', order: 'ASCENDING' },
            ],
          },
          {
            collectionGroup: 'takes',
            queryScope: 'COLLECTION_GROUP',
            fields: [
              { fieldPath: 'good', order: 'ASCENDING' },
              { fieldPath: 'n', order: 'DESCENDING' },
            ],
          },
        ],
        fieldOverrides: [
          {
            collectionGroup: 'takes',
            fieldPath: 'n',
            indexes: [{ order: 'ASCENDING', queryScope: 'COLLECTION_GROUP' }],
          },
        ],
      },
    });
    const films = [
      ['alien', { genre: 'horror', year: 1979, stars: 4.5, tags: ['space', 'dark'] }],
      ['brazil', { genre: 'satire', year: 1985, stars: 4, tags: ['dark'] }],
      ['casablanca', { genre: 'drama', year: 1942, stars: 5, tags: [], remake: null }],
      ['duel', { genre: 'horror', year: 1971, stars: 4, tags: ['road'], remake: false }],
      ['eraserhead', { genre: 'horror', year: 1977, stars: Number.NaN, tags: ['dark', 'dark'], remake: true }],
      ['freaks', { genre: 'drama', year: 1932.5, tags: ['circus', 'dark'], crew: { lead: 'browning' } }],
    ] as const;
    for (const [id, film] of films) await stack.db.doc(`films/${id}`).set(film);
  });
  after(() => stack.stop());

  const films = () => stack.db.collection('films');
  const ids = async (query: Query) => (await query.get()).docs.map(({ id }) => id[0]).join('');

  it('returns a collection by name', async () => assert.equal(await ids(films()), 'abcdef'));
  it('==', async () => assert.equal(await ids(films().where('genre', '==', 'horror')), 'ade'));
  it('== takes 4 for 4.0', async () => assert.equal(await ids(films().where('stars', '==', 4.0)), 'bd'));
  it('== null', async () => assert.equal(await ids(films().where('remake', '==', null)), 'c'));
  it('== NaN', async () => assert.equal(await ids(films().where('stars', '==', Number.NaN)), 'e'));
  it('== on a map and inside of one', async () => {
    assert.equal(await ids(films().where('crew', '==', { lead: 'browning' })), 'f');
    assert.equal(await ids(films().where('crew.lead', '==', 'browning')), 'f');
  });
  it('< and >= order by their field', async () => {
    assert.equal(await ids(films().where('year', '<', 1977)), 'fcd');
    assert.equal(await ids(films().where('year', '>=', 1977)), 'eab');
  });
  it('a range meets only values of its type', async () => {
    assert.equal(await ids(films().where('remake', '>', false)), 'e');
    assert.equal(await ids(films().where('genre', '>', 5)), '');
  });
  it('!= leaves out null, missing and equal', async () => {
    assert.equal(await ids(films().where('remake', '!=', true)), 'd');
    assert.equal(await ids(films().where('remake', '!=', null)), 'de');
    assert.equal(await ids(films().where('stars', '!=', Number.NaN)), 'bdac');
  });
  it('not-in', async () => assert.equal(await ids(films().where('genre', 'not-in', ['horror', 'satire'])), 'cf'));
  it('in', async () => assert.equal(await ids(films().where('genre', 'in', ['satire', 'drama'])), 'bcf'));
  it('in with 30 values, not with 31', async () => {
    const years = Array.from({ length: 31 }, (_, n) => 1950 + n);
    assert.equal(await ids(films().where('year', 'in', years.slice(1))), 'ade');
    assert.equal((await refusal(films().where('year', 'in', years).get())).code, INVALID);
  });
  it('array-contains', async () => assert.equal(await ids(films().where('tags', 'array-contains', 'dark')), 'abef'));
  it('array-contains-any finds a document once', async () => {
    assert.equal(await ids(films().where('tags', 'array-contains-any', ['space', 'dark', 'road'])), 'abdef');
  });
  it('several equalities without a composite index', async () => {
    const query = films()
      .where('genre', '==', 'horror')
      .where('stars', '==', 4)
      .where('tags', 'array-contains', 'road');
    assert.equal(await ids(query), 'd');
  });
  it('OR', async () => {
    const either = Filter.or(Filter.where('year', '==', 1942), Filter.where('stars', '==', 4));
    assert.equal(await ids(films().where(either)), 'bcd');
    const both = Filter.and(Filter.where('genre', '==', 'drama'), either);
    assert.equal(await ids(films().where(both)), 'c');
  });
  it('OR over one range merges by order', async () => {
    const either = Filter.or(Filter.where('year', '<', 1940), Filter.where('year', '>', 1980));
    assert.equal(await ids(films().where(either).orderBy('year', 'desc')), 'bf');
  });
  it('orderBy leaves out documents without the field', async () => {
    assert.equal(await ids(films().orderBy('stars')), 'ebdac');
    assert.equal(await ids(films().orderBy('stars', 'desc')), 'cadbe');
  });
  it('equality and order by a composite index', async () => {
    assert.equal(await ids(films().where('genre', '==', 'horror').orderBy('year', 'desc')), 'aed');
    assert.equal(await ids(films().where('tags', 'array-contains', 'dark').orderBy('year').limit(3)), 'fea');
  });
  it('inequalities on several fields that a composite covers', async () => {
    assert.equal(await ids(films().where('year', '>', 1940).where('stars', '>', 4).orderBy('year')), 'ca');
  });
  it('limit, offset and limitToLast', async () => {
    assert.equal(await ids(films().orderBy('year').limit(2)), 'fc');
    assert.equal(await ids(films().orderBy('year').offset(2).limit(2)), 'de');
    assert.equal(await ids(films().orderBy('year').limitToLast(2)), 'ab');
  });
  it('cursors by value', async () => {
    const byYear = films().orderBy('year');
    assert.equal(await ids(byYear.startAt(1977)), 'eab');
    assert.equal(await ids(byYear.startAfter(1977)), 'ab');
    assert.equal(await ids(byYear.endAt(1971)), 'fcd');
    assert.equal(await ids(byYear.endBefore(1971)), 'fc');
    assert.equal(await ids(films().orderBy('year', 'desc').startAt(1977).endAt(1942)), 'edc');
  });
  it('a cursor at a document pages through ties', async () => {
    const byStars = films().orderBy('stars', 'desc');
    const pages: string[] = [];
    let page = await byStars.limit(2).get();
    while (page.size > 0) {
      pages.push(page.docs.map(({ id }) => id[0]).join(''));
      const last = page.docs.at(-1);
      page = await (last ? byStars.startAfter(last) : byStars).limit(2).get();
    }
    assert.deepEqual(pages, ['ca', 'db', 'e']);
  });
  it('ranges and cursors on the document name', async () => {
    const name = FieldPath.documentId();
    assert.equal(await ids(films().where(name, '>', 'brazil').where(name, '<=', 'eraserhead')), 'cde');
    assert.equal(await ids(films().where(name, 'in', ['freaks', 'alien', 'nosuch'])), 'af');
    assert.equal(await ids(films().orderBy(name, 'desc').startAfter('casablanca')), 'ba');
    assert.equal(await ids(films().where('genre', '==', 'horror').orderBy(name, 'desc')), 'eda');
  });
  it('select returns only the fields it names', async () => {
    const [first] = (await films().orderBy('year').select('year', 'crew.lead').get()).docs;
    assert.deepEqual(first?.data(), { year: 1932.5, crew: { lead: 'browning' } });
    assert.deepEqual((await films().select().limit(1).get()).docs[0]?.data(), {});
  });
  it('an empty result has a read time', async () => {
    const empty = await films().where('year', '==', 1).get();
    assert.equal(empty.readTime.toMillis(), stack.clock.now());
  });
  it('values of all types in their order', async () => {
    const values = [
      null,
      false,
      true,
      Number.NaN,
      Number.NEGATIVE_INFINITY,
      -1.5,
      0,
      1,
      1.5,
      9_007_199_254_740_991,
      Number.POSITIVE_INFINITY,
      new Timestamp(1, 0),
      new Timestamp(1, 1000),
      '',
      'Z',
      'a',
      'ab',
      '\uffff',
      '\u{1f3ac}',
      Buffer.from([]),
      Buffer.from([0]),
      Buffer.from([0, 1]),
      Buffer.from([1]),
      stack.db.doc('a/b'),
      stack.db.doc('a/b/c/d'),
      stack.db.doc('a/ba'),
      [],
      [1],
      [1, 2],
      [2],
      {},
      { a: 1 },
      { a: 1, b: 0 },
      { a: 2 },
      { b: 0 },
    ];
    for (const at of [...values.keys()].reverse())
      await stack.db.doc(`values/v${99 - at}`).set({ at, value: values[at] });
    const rising = (await stack.db.collection('values').orderBy('value').get()).docs.map((one) => one.get('at'));
    assert.deepEqual(rising, [...values.keys()]);
    const falling = (await stack.db.collection('values').orderBy('value', 'desc').get()).docs.map((one) =>
      one.get('at'),
    );
    assert.deepEqual(falling, [...values.keys()].reverse());
  });
  it('collection groups, by name and by a group index', async () => {
    for (const [n, path] of [
      'takes/a',
      'films/alien/takes/b',
      'films/alien/takes/b/takes/c',
      'films/duel/takes/a',
    ].entries()) {
      await stack.db.doc(path).set({ n, good: n % 2 === 1 });
    }
    const paths = async (query: Query) => (await query.get()).docs.map(({ ref }) => ref.path);
    const group = stack.db.collectionGroup('takes');
    const all = ['films/alien/takes/b', 'films/alien/takes/b/takes/c', 'films/duel/takes/a', 'takes/a'];
    assert.deepEqual(await paths(group), all);
    assert.deepEqual(await paths(group.where('good', '==', true).orderBy('n', 'desc')), [all[2], all[0]]);
    assert.deepEqual(await paths(group.where('n', '>=', 2)), [all[1], all[2]]);
    assert.deepEqual(await paths(stack.db.collection('films/alien/takes')), [all[0]]);
  });
  it('cuts a collection group into partitions that together are all of it', async () => {
    const batch = stack.db.batch();
    for (let n = 0; n < 300; n++) batch.set(stack.db.doc(`parts/p${n}`), { n });
    await batch.commit();
    const parts: number[] = [];
    for await (const partition of stack.db.collectionGroup('parts').getPartitions(3)) {
      parts.push((await partition.toQuery().get()).size);
    }
    assert.deepEqual(parts, [100, 100, 100]);
  });
  it('long values are found, ordered and told apart', async () => {
    const long = 'x'.repeat(2000);
    await stack.db.doc('long/a').set({ text: `${long}a` });
    await stack.db.doc('long/b').set({ text: `${long}b` });
    const found = await stack.db.collection('long').where('text', '==', `${long}b`).get();
    assert.deepEqual(
      found.docs.map(({ id }) => id),
      ['b'],
    );
    assert.equal((await stack.db.collection('long').where('text', '>', `${long}a`).get()).size, 1);
  });
});
