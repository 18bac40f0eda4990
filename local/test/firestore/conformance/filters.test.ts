import assert from 'node:assert/strict';
import { FieldPath, Filter, type Query } from 'firebase-admin/firestore';
import { type AdminStack, code, refusal, startAdminStack } from '../admin.ts';

const { and, or, where } = Filter;

const DOCUMENTS = {
  a: { n: 1, kind: 'x', tags: ['t1', 't2'], odd: null },
  b: { n: 2, kind: 'y', tags: ['t2'], odd: 1 },
  c: { n: 3, kind: 'x', tags: [], odd: Number.NaN },
  d: { n: 4, tags: ['t3', null], odd: 'text' },
  e: { kind: 'z', tags: 't1', odd: [1] },
  f: { n: null, kind: 'x', odd: { in: 1 } },
  g: { n: Number.NaN, kind: 'y', tags: [Number.NaN, { in: 1 }], odd: false },
  h: { n: 8, kind: null, tags: ['t1'], nested: { 'a.b': 1 } },
};

const numbers = (count: number, from = 0) => Array.from({ length: count }, (_, at) => from + at);
const equals = (field: string, values: readonly unknown[]) => values.map((value) => where(field, '==', value));

/** What is asked, and the ids that answer it, in order. */
const ANSWERED: Record<string, [filter: Filter, ids: string]> = {
  '!= leaves out null, missing and equal, not NaN': [where('n', '!=', 2), 'gacdh'],
  '!= null leaves out null and missing': [where('n', '!=', null), 'gabcdh'],
  '!= NaN leaves out null, too': [where('n', '!=', Number.NaN), 'abcdh'],
  '!= a list': [where('odd', '!=', [1]), 'gcbdf'],
  '!= a map': [where('odd', '!=', { in: 1 }), 'gcbde'],
  'in drops null from its list': [where('odd', 'in', [1, null]), 'b'],
  'in a list of only null finds nothing': [where('odd', 'in', [null]), ''],
  'in a list of only NaN finds nothing': [where('odd', 'in', [Number.NaN]), ''],
  'in with lists and maps': [where('odd', 'in', [[1], { in: 1 }]), 'ef'],
  'in with a value twice finds it once': [where('n', 'in', [1, 1, 2]), 'ab'],
  'in of 30 values': [where('n', 'in', numbers(30)), 'abcdh'],
  'not-in leaves out null and missing, not NaN': [where('n', 'not-in', [1, 2]), 'gcdh'],
  'not-in with NaN leaves out NaN': [where('n', 'not-in', [Number.NaN, 1]), 'bcdh'],
  'not-in with null finds nothing': [where('n', 'not-in', [null]), ''],
  'not-in with null and others finds nothing': [where('n', 'not-in', [1, null]), ''],
  'not-in of 10 values': [where('n', 'not-in', numbers(10, 3)), 'gab'],
  'array-contains finds no text in place of a list': [where('tags', 'array-contains', 't1'), 'ah'],
  'array-contains a map': [where('tags', 'array-contains', { in: 1 }), 'g'],
  'array-contains-any of 30 values': [
    where(
      'tags',
      'array-contains-any',
      numbers(30).map((n) => `t${n}`),
    ),
    'abdh',
  ],
  'array-contains-any drops null and NaN': [where('tags', 'array-contains-any', ['t3', null, Number.NaN]), 'd'],
  'array-contains-any of only null finds nothing': [where('tags', 'array-contains-any', [null]), ''],
  '== null is not missing': [where('kind', '==', null), 'h'],
  'a range of text leaves out other types': [where('odd', '>=', ''), 'd'],
  'a quoted path into a map': [where(new FieldPath('nested', 'a.b'), '==', 1), 'h'],
  'OR finds a document once': [or(where('n', '==', 1), where('kind', '==', 'x')), 'acf'],
  'OR of AND': [or(and(where('n', '==', 2), where('kind', '==', 'y')), where('kind', '==', 'z')), 'be'],
  'AND of OR': [and(or(...equals('n', [1, 2, 3])), or(...equals('kind', ['x', 'z']))), 'ac'],
  'OR in OR is flat: 30 in all': [or(or(...equals('n', numbers(15))), or(...equals('n', numbers(15, 15)))), 'abcdh'],
  'in times in makes 30': [and(where('n', 'in', numbers(15)), where('kind', 'in', ['x', 'y'])), 'abc'],
  'in times array-contains-any': [
    and(where('kind', 'in', ['x', 'y']), where('tags', 'array-contains-any', ['t2'])),
    'ab',
  ],
  'two different values of one field contradict': [and(where('n', '==', 1), where('n', '==', 2)), ''],
  'in within the range of the same field': [and(where('n', 'in', [1, 2, 3, 9]), where('n', '>', 1)), 'bc'],
  'OR of ranges over one field': [or(where('n', '<', 2), where('n', '>', 3)), 'adh'],
  'a range whose ends cross is empty': [and(where('n', '>', 3), where('n', '<', 2)), ''],
  'a range between types is empty': [and(where('odd', '>', 0), where('odd', '<', 'z')), ''],
  'document ids in a list': [where(FieldPath.documentId(), 'in', ['h', 'a', 'none']), 'ah'],
  'document ids not in a list': [where(FieldPath.documentId(), 'not-in', ['a', 'b', 'c']), 'defgh'],
  'a document id that is not': [where(FieldPath.documentId(), '!=', 'c'), 'abdefgh'],
};

const inequalities = (count: number) => numbers(count).map((at) => where(`f${at}`, '>', at));

/** What the server refuses with INVALID_ARGUMENT, and the words that say why. */
const REFUSED: Record<string, [filter: Filter, why: RegExp]> = {
  'in of 31 values': [where('n', 'in', numbers(31)), /30/],
  'array-contains-any of 31 values': [where('tags', 'array-contains-any', numbers(31)), /30/],
  'not-in of 11 values': [where('n', 'not-in', numbers(11)), /10/],
  'OR of 31': [or(...equals('n', numbers(31))), /30/],
  'in times in makes 32': [and(where('n', 'in', numbers(16)), where('kind', 'in', ['x', 'y'])), /30/],
  'a product of thousands': [and(...['a', 'b', 'c', 'd'].map((field) => where(field, 'in', numbers(30)))), /30/],
  'not-in beside in': [and(where('n', 'not-in', [1]), where('kind', 'in', ['x'])), /NOT_IN/],
  'not-in beside array-contains-any': [
    and(where('n', 'not-in', [1]), where('tags', 'array-contains-any', [1])),
    /NOT_IN/,
  ],
  'not-in in an OR': [or(where('n', 'not-in', [1]), where('kind', '==', 'x')), /NOT_IN/],
  'not-in beside !=': [and(where('n', 'not-in', [1]), where('n', '!=', 2)), /NOT_EQUAL/],
  '!= twice': [and(where('n', '!=', 1), where('n', '!=', 2)), /NOT_EQUAL/],
  '!= beside != null': [and(where('n', '!=', 1), where('kind', '!=', null)), /NOT_EQUAL/],
  '!= in both sides of an OR': [or(where('n', '!=', 1), where('kind', '!=', 'x')), /NOT_EQUAL/],
  'array-contains twice': [
    and(where('tags', 'array-contains', 1), where('tags', 'array-contains', 2)),
    /ARRAY_CONTAINS/,
  ],
  'array-contains beside array-contains-any': [
    and(where('tags', 'array-contains', 1), where('tags', 'array-contains-any', [2])),
    /ARRAY_CONTAINS/,
  ],
  'inequalities on 11 fields': [and(...inequalities(11)), /10/],
  'more than 100 filters and orders': [and(...numbers(101).map((at) => where(`f${at}`, '==', at))), /100/],
  'a document id beside an inequality': [and(where(FieldPath.documentId(), '==', 'a'), where('n', '>', 1)), /key/],
};

describe('firestore conformance: filters', () => {
  let stack: AdminStack;
  before(async () => {
    stack = await startAdminStack();
    const batch = stack.db.batch();
    for (const [id, document] of Object.entries(DOCUMENTS)) batch.set(stack.db.doc(`docs/${id}`), document);
    await batch.commit();
  });
  after(() => stack.stop());
  const docs = (): Query => stack.db.collection('docs');

  for (const [name, [filter, expected]] of Object.entries(ANSWERED)) {
    it(name, async () => {
      const found = (await docs().where(filter).get()).docs.map(({ id }) => id);
      assert.equal(found.join(''), expected);
    });
  }

  for (const [name, [filter, why]] of Object.entries(REFUSED)) {
    it(`refuses ${name}`, async () => {
      const refused = await refusal(docs().where(filter).get());
      assert.equal(refused.code, code.invalid);
      assert.match(refused.message, why);
    });
  }

  it('a listener follows a nest of OR and AND', async () => {
    const collection = stack.db.collection('followed');
    const nest = or(and(where('n', '>', 1), where('n', '<', 4)), where('n', '==', 9));
    const seen: string[] = [];
    await new Promise<void>((resolve, reject) => {
      const stop = collection.where(nest).onSnapshot((snapshot) => {
        seen.push(snapshot.docs.map((document) => document.get('n')).join(''));
        if (seen.at(-1) !== '239') return;
        stop();
        resolve();
      }, reject);
      const batch = stack.db.batch();
      for (const n of [1, 2, 3, 4, 9]) batch.set(collection.doc(`d${n}`), { n });
      batch.commit().catch(reject);
    });
    assert.equal(seen.at(-1), '239');
  });
});
