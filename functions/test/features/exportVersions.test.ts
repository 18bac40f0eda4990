import assert from 'node:assert/strict';
import fc from 'fast-check';
import { tick } from '../../src/features/aggregation/index.ts';
import { planOf } from '../../src/features/export/plan.ts';
import { sourceOf } from '../../src/features/export/source.ts';
import { happenings, START_MS, ZONES } from './aggregation/happenings.ts';
import { record } from './aggregation/log.ts';
import { startStore } from './aggregation/store.ts';

const MINUTE_MS = 60_000;
const EVENTS = fc
  .sample(happenings, { seed: 11, numRuns: 3 })
  .flatMap((all) => all.flatMap(({ deeds }) => deeds))
  .flatMap((deed) => (deed.what === 'record' ? deed.told.map(({ event }) => event) : []));

describe('an export of rollups', function () {
  this.timeout(60_000);
  let store: Awaited<ReturnType<typeof startStore>>;
  let nowMs = START_MS;

  before(async () => {
    store = await startStore(() => nowMs, { REPORTING_TIME_ZONES: ZONES.join(), ROLLUP_VERSIONS: '1' });
  });
  after(() => {
    process.env.ROLLUP_VERSIONS = '1';
    return store?.stop();
  });

  it('stays with the version that was served when it was asked for', async () => {
    await record(EVENTS.map((event, i) => ({ id: `e${i}`, event, stampedMs: nowMs })));
    nowMs += MINUTE_MS;
    await tick();
    const query = { dataset: 'rollups', format: 'csv', granularity: '1d', range: '7d', tz: 'UTC' } as const;
    const first = await planOf(query);
    const { rows } = await sourceOf(first).page();
    assert.equal(first.rollupVersion, 1);
    assert.ok(rows.length > 0);
    process.env.ROLLUP_VERSIONS = '2,1';
    assert.deepEqual((await sourceOf(first).page()).rows, rows);
    const second = await planOf(query);
    assert.deepEqual(
      [second.rollupVersion, (await sourceOf(second).page()).rows],
      [2, []],
      'nothing is counted there yet',
    );
  });
});
