import assert from 'node:assert/strict';
import { capturedLogs, type Logs } from '../../functions/test/stack/harness.ts';
import { differingRollups, measuredReads, rowsOf } from '../verify-reads/index.ts';
import type { Reads } from '../verify-reads/measure.ts';

const at = (name: string, reads: number, atMost?: number): Reads => ({
  ...{ name, reads },
  ...(atMost !== undefined && { atMost }),
});

describe('npm run verify-reads', function () {
  this.timeout(180_000);
  let logs: Logs;

  before(() => {
    logs = capturedLogs();
  });
  after(() => logs?.restore());

  it('finds what grows with the store, and what is over its limit', () => {
    const small = [at('flat', 5, 5), at('grows', 5), at('grows late', 5), at('over', 6, 5), at('falls', 5)];
    const middle = [at('flat', 5, 5), at('grows', 6), at('grows late', 5), at('over', 6, 5), at('falls', 4)];
    const large = [at('flat', 5, 5), at('grows', 5), at('grows late', 6), at('over', 6, 5), at('falls', 4)];
    assert.deepEqual(
      rowsOf([small, middle, large]).map(({ name, reads, breach }) => ({ name, reads, breach })),
      [
        { name: 'flat', reads: [5, 5, 5], breach: undefined },
        { name: 'grows', reads: [5, 6, 5], breach: 'grows' },
        { name: 'grows late', reads: [5, 5, 6], breach: 'grows' },
        { name: 'over', reads: [6, 6, 6], breach: 'too many' },
        { name: 'falls', reads: [5, 4, 4], breach: undefined },
      ],
    );
  });

  it('loads, byte for byte, the rollups that the aggregation writes', async () => {
    const { differing, documents } = await differingRollups(200);
    assert.deepEqual(differing, []);
    assert.ok(documents > 1_000, `${documents} documents`);
  });

  it('reads few documents for a summary', async () => {
    const reads = new Map((await measuredReads(3_000)).map((each) => [each.name, each.reads]));
    assert.equal(reads.get('GET /summary?range=30d'), 2);
    assert.equal(reads.get('GET /summary?from=2024-11-01&to=2024-12-01&tz=America/New_York'), 31);
    assert.equal(reads.get('GET /summary?from=2024-11-01&to=2024-12-01&tz=America/New_York&compare=previous'), 61);
    assert.equal(reads.get('GET /metrics/generations?limit=50'), 51);
    assert.equal(reads.get('GET /generations?limit=10'), 11);
    assert.equal(reads.get('GET /generations/{id}'), 1);
  });
});
