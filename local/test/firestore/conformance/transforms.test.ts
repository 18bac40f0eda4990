import assert from 'node:assert/strict';
import { FieldValue, Timestamp } from 'firebase-admin/firestore';
import { type AdminStack, DATABASE, ROOT, startAdminStack } from '../admin.ts';

const { increment, arrayUnion, arrayRemove, serverTimestamp } = FieldValue;
const MAX = 2n ** 63n - 1n;
const MIN = -(2n ** 63n);
const integer = (value: bigint | number) => ({ integerValue: String(value) });
const double = (doubleValue: number) => ({ doubleValue });
const list = (...values: object[]) => ({ arrayValue: { values } });

describe('firestore conformance: transforms', () => {
  let stack: AdminStack;
  before(async () => {
    stack = await startAdminStack();
  });
  after(() => stack.stop());
  const doc = (path: string) => stack.db.doc(path);
  const stored = async (path: string) => (await doc(path).get()).data();
  const commit = <Answer>(writes: object[]) => stack.call<Answer>('Commit', { database: DATABASE, writes });

  const rows: Record<string, [start: object | undefined, transform: object, left: object]> = {
    'increment an integer': [integer(5), { increment: integer(-7) }, integer(-2)],
    'increment an integer by a double': [integer(5), { increment: double(0.5) }, double(5.5)],
    'increment a double by an integer': [double(5), { increment: integer(1) }, double(6)],
    'increment what is missing': [undefined, { increment: integer(3) }, integer(3)],
    'increment a text': [{ stringValue: '5' }, { increment: integer(3) }, integer(3)],
    'increment null': [{ nullValue: 'NULL_VALUE' }, { increment: double(0.5) }, double(0.5)],
    'increment beyond int64': [integer(MAX), { increment: integer(1) }, integer(MAX)],
    'increment below int64': [integer(MIN), { increment: integer(-1) }, integer(MIN)],
    'increment exactly beyond 2^53': [integer(2n ** 53n), { increment: integer(1) }, integer(2n ** 53n + 1n)],
    'increment NaN': [double(Number.NaN), { increment: integer(1) }, double(Number.NaN)],
    'increment by infinity': [
      integer(1),
      { increment: double(Number.POSITIVE_INFINITY) },
      double(Number.POSITIVE_INFINITY),
    ],
    'maximum of an integer and a larger double': [integer(1), { maximum: double(1.5) }, double(1.5)],
    'maximum of equal numbers keeps the stored one': [double(3), { maximum: integer(3) }, double(3)],
    'maximum of zeros keeps the stored one': [double(-0), { maximum: integer(0) }, double(-0)],
    'maximum with NaN': [integer(3), { maximum: double(Number.NaN) }, double(Number.NaN)],
    'maximum over a text': [{ stringValue: 'z' }, { maximum: integer(1) }, integer(1)],
    'minimum of a double and a smaller integer': [double(1.5), { minimum: integer(1) }, integer(1)],
    'minimum keeps what is smaller': [integer(-1), { minimum: double(0) }, integer(-1)],
    'minimum of what is missing': [undefined, { minimum: double(7) }, double(7)],
    'arrayUnion takes 1.0 for 1': [
      list(integer(1)),
      { appendMissingElements: { values: [double(1), double(1.5)] } },
      list(integer(1), double(1.5)),
    ],
    'arrayUnion takes NaN for NaN, null for null': [
      list(double(Number.NaN), { nullValue: 'NULL_VALUE' }),
      { appendMissingElements: { values: [double(Number.NaN), { nullValue: 'NULL_VALUE' }] } },
      list(double(Number.NaN), { nullValue: 'NULL_VALUE' }),
    ],
    'arrayUnion adds the first of equal elements': [
      undefined,
      { appendMissingElements: { values: [double(2), integer(2)] } },
      list(double(2)),
    ],
    'arrayUnion over a text': [
      { stringValue: 'x' },
      { appendMissingElements: { values: [integer(1)] } },
      list(integer(1)),
    ],
    'arrayRemove takes 1.0 for 1, everywhere': [
      list(integer(1), integer(2), double(1)),
      { removeAllFromArray: { values: [double(1)] } },
      list(integer(2)),
    ],
    'arrayRemove of what is missing leaves an empty list': [
      undefined,
      { removeAllFromArray: { values: [integer(1)] } },
      { arrayValue: {} },
    ],
  };
  for (const [name, [start, transform, left]] of Object.entries(rows)) {
    it(name, async () => {
      const update = { name: `${ROOT}/transforms/a`, fields: start ? { f: start } : {} };
      await commit([{ update, updateTransforms: [{ fieldPath: 'f', ...transform }] }]);
      const request = { database: DATABASE, documents: [update.name] };
      const [answer] = await stack.call<{ found: { fields: { f: object } } }[]>('BatchGetDocuments', request);
      assert.deepEqual(answer?.found.fields.f, left);
    });
  }
  it('the client library sends them: into maps, into what is missing, beside other fields', async () => {
    await doc('transforms/b').set({ list: [1], in: { n: 1 } });
    await doc('transforms/b').set(
      { list: arrayUnion(2), in: { n: increment(2), at: serverTimestamp() }, gone: arrayRemove('x'), plain: 1 },
      { merge: true },
    );
    const at = Timestamp.fromMillis(stack.clock.now());
    assert.deepEqual(await stored('transforms/b'), { list: [1, 2], in: { n: 3, at }, gone: [], plain: 1 });
  });
  it('serverTimestamp answers what is stored', async () => {
    const transform = { fieldPath: 'at', setToServerValue: 'REQUEST_TIME' };
    type Answer = { writeResults: { transformResults: { timestampValue: object }[] }[] };
    const answer = await commit<Answer>([{ update: { name: `${ROOT}/transforms/c` }, updateTransforms: [transform] }]);
    const seconds = String(Math.floor(stack.clock.now() / 1000));
    assert.deepEqual(answer.writeResults[0]?.transformResults, [{ timestampValue: { seconds, nanos: 0 } }]);
  });
});
