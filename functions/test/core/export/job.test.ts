import assert from 'node:assert/strict';
import {
  failed,
  fileNameOf,
  isUnfinished,
  MAX_PARTS,
  mayBeLost,
  newJob,
  statusAt,
  taskIdOf,
  totalOf,
  withPart,
} from '../../../src/core/export/job.ts';
import { expectedBytes, isStreamed } from '../../../src/core/export/size.ts';

const AT = new Date('2024-12-01T00:00:00Z');
const later = (ms: number) => new Date(AT.getTime() + ms);
const plan = {
  ...({ dataset: 'events', format: 'csv' } as const),
  ...{ fromMs: Date.parse('2024-11-01'), toMs: Date.parse('2024-12-01'), asOfMs: AT.getTime() },
};
const job = newJob('abc', { uid: 'ann', actor: { uid: 'ann' }, from: '::1', plan, questionHash: 'q', units: 900 }, AT);
const part = { path: 'exports/abc/part-00001-aa.csv', rows: 10, bytes: 1_000 };

describe('an export that a task writes', () => {
  it('begins with nothing and is kept for 7 days', () => {
    assert.equal(job.status, 'queued');
    assert.deepEqual([job.parts, job.unitsRead, job.expireAt.toISOString()], [[], 0, '2024-12-08T00:00:00.000Z']);
  });

  it('goes on where a part ended, and is done with the last', () => {
    const one = withPart(job, { part, units: 500, next: 'there' }, later(1_000));
    assert.deepEqual([one.status, one.position, one.unitsRead, one.endedAt], ['writing', 'there', 500, undefined]);
    const two = withPart(one, { part: { ...part, rows: 3, bytes: 5 }, units: 400, next: undefined }, later(2_000));
    assert.deepEqual([two.status, two.unitsRead, two.endedAt], ['done', 900, later(2_000)]);
    assert.ok(!('position' in two));
    assert.deepEqual(totalOf(two), { rows: 13, bytes: 1_005 });
    assert.notEqual(taskIdOf(one, AT), taskIdOf(job, AT), 'each part has a task of its own');
  });

  it('fails when it would have too many parts', () => {
    const full = { ...job, parts: Array.from({ length: MAX_PARTS - 1 }, () => part) };
    const over = withPart(full, { part, units: 1, next: 'more' }, later(1));
    assert.equal(over.status, 'failed');
    assert.match(over.error ?? '', /shorter period/);
    assert.equal(withPart(full, { part, units: 1, next: undefined }, later(1)).status, 'done');
  });

  it('is given up when nobody wrote to it for an hour', () => {
    assert.equal(statusAt(job, later(3_600_000)), 'queued');
    assert.equal(statusAt(job, later(3_600_001)), 'failed');
    assert.equal(isUnfinished(job, later(3_600_001)), false);
    assert.equal(isUnfinished(failed(job, 'why', AT), AT), false);
  });

  it('gets another task when the one that should have come was lost', () => {
    const writing = withPart(job, { part, units: 500, next: 'there' }, AT);
    assert.deepEqual([mayBeLost(job, AT), mayBeLost(writing, AT)], [true, false]);
    assert.equal(mayBeLost(writing, later(599_999)), false);
    assert.equal(taskIdOf(writing, later(599_999)), taskIdOf(writing, AT));
    assert.equal(mayBeLost(writing, later(600_000)), true);
    assert.notEqual(taskIdOf(writing, later(600_000)), taskIdOf(writing, AT));
    assert.equal(mayBeLost(writing, later(3_600_001)), false, 'given up');
  });

  it('has a name for each file', () => {
    assert.equal(fileNameOf(plan), 'events-2024-11-01-2024-12-01.csv');
    assert.equal(fileNameOf(plan, 7), 'events-2024-11-01-2024-12-01-part-00007.csv');
  });
});

describe('what is streamed', () => {
  for (const [units, firstUnits, firstBytes, expected, streamed] of [
    [0, 0, 0, 0, true],
    [500, 500, 250_000, 250_000, true],
    [16_777, 500, 250_000, 8_388_500, true],
    [16_778, 500, 250_000, 8_389_000, false],
    [40_000, 500, 0, 0, true],
    [40_001, 500, 0, 0, false],
  ] as const) {
    it(`${units} documents of which ${firstUnits} make ${firstBytes} bytes: ${streamed}`, () => {
      const sample = { units, firstUnits, firstBytes };
      assert.equal(expectedBytes(sample), expected);
      assert.equal(isStreamed(sample), streamed);
    });
  }
});
