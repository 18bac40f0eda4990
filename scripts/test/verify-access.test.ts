import assert from 'node:assert/strict';
import { PRINCIPALS } from '../verify-access/expected.ts';
import { printed } from '../verify-access/print.ts';
import { unmatched, type Verified, verifyAccess } from '../verify-access/verify.ts';

describe('who may call what', () => {
  let verified: Verified;
  before(async function () {
    this.timeout(60_000);
    const { info } = console;
    console.info = () => undefined;
    verified = await verifyAccess().finally(() => {
      console.info = info;
    });
  });

  it('is as it is written down, for every route, principal and owner', () => {
    assert.deepEqual(verified.faults, []);
    assert.ok(verified.rows.length >= 16);
    for (const { cells } of verified.rows) assert.deepEqual(Object.keys(cells), [...PRINCIPALS]);
  });

  it('is printed as a table', () => {
    const lines = printed(verified).split('\n');
    const [heading = ''] = lines;
    const row = lines.find((line) => line.startsWith('GET /api/v1/generations/:id ')) ?? '';
    const cell = (name: string) => row.slice(heading.indexOf(` ${name}`) + 1).split(' ')[0];
    assert.deepEqual(['anonymous', 'free', 'admin', 'k:generate', 'k:scrape'].map(cell), [
      '--',
      '+-',
      '+-',
      '+-',
      '--',
    ]);
    assert.match(lines.at(-1) ?? '', /: 0 not as they should be$/);
  });

  it('a route that nobody wrote down is a fault, and so is one that is gone', () => {
    const expected = { 'GET /a': { who: [], own: 200 }, 'GET /b': { who: [], own: 200 } };
    assert.deepEqual(unmatched(['GET /a', 'POST /new'], expected), [
      'POST /new: nothing says who may',
      'GET /b: there is no such route',
    ]);
  });
});
