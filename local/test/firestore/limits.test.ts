import assert from 'node:assert/strict';
import { type AdminStack, ROOT, refusal, startAdminStack } from './admin.ts';

const INVALID = 3;
const DATABASE = ROOT.slice(0, ROOT.indexOf('/documents'));

describe('firestore limits', () => {
  let stack: AdminStack;
  before(async () => {
    stack = await startAdminStack();
  });
  after(() => stack.stop());

  const write = (path: string, fields: object) =>
    stack.call('Commit', { database: DATABASE, writes: [{ update: { name: `${ROOT}/${path}`, fields } }] });

  it('refuses reserved and too long ids', async () => {
    for (const path of ['col/__reserved__', '__col__/a', `col/${'x'.repeat(1501)}`, 'col/..']) {
      assert.equal((await refusal(write(path, {}))).code, INVALID, path);
    }
    await write(`col/${'x'.repeat(1500)}`, {});
    assert.equal((await stack.db.doc(`col/${'x'.repeat(1500)}`).get()).exists, true);
  });

  it('refuses field names that are empty or reserved', async () => {
    for (const name of ['', '__x__', 'n'.repeat(1501)]) {
      assert.equal((await refusal(write('fields/a', { [name]: { booleanValue: true } }))).code, INVALID, name);
    }
  });

  it('takes 20 levels of maps and refuses 21', async () => {
    const nested = (levels: number): object =>
      levels === 0 ? { booleanValue: true } : { mapValue: { fields: { m: nested(levels - 1) } } };
    await write('deep/a', { m: nested(20) });
    assert.equal((await refusal(write('deep/b', { m: nested(21) }))).code, INVALID);
  });

  it('refuses an array directly inside an array', async () => {
    const inner = { arrayValue: { values: [{ arrayValue: {} }] } };
    assert.equal((await refusal(write('arrays/a', { list: inner }))).code, INVALID);
  });

  it('takes a commit of 9 MiB and refuses one over 10 MiB', async () => {
    const batch = (mebibytes: number) => {
      const writes = stack.db.batch();
      for (let n = 0; n < mebibytes; n++)
        writes.set(stack.db.doc(`heavy/${mebibytes}-${n}`), { bytes: Buffer.alloc(1_000_000) });
      return writes.commit();
    };
    assert.equal((await batch(9)).length, 9);
    const { code, message } = await refusal(batch(11));
    assert.equal(code, INVALID);
    assert.match(message, /Request payload size exceeds the limit/);
  });

  it('refuses two writes to one document in a BatchWrite', async () => {
    const twice = { update: { name: `${ROOT}/twice/a` } };
    assert.equal(
      (await refusal(stack.call('BatchWrite', { database: DATABASE, writes: [twice, twice] }))).code,
      INVALID,
    );
  });
});
