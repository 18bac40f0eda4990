import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { RollupEvent } from '../../src/core/rollup/contribution.ts';
import { rebuildRollups, tick } from '../../src/features/aggregation/index.ts';
import { aggregationState } from '../../src/platform/rollups.ts';
import { crashingClient } from './aggregation/crashes.ts';
import { type Deed, type Happening, happenings, START_MS, ZONES } from './aggregation/happenings.ts';
import { assertIsFoldOf, assertLatest, record } from './aggregation/log.ts';
import { startStore } from './aggregation/store.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 1_440 * MINUTE_MS;

describe('aggregation, whatever happens', function () {
  this.timeout(180_000);
  let store: Awaited<ReturnType<typeof startStore>>;
  let client: ReturnType<typeof crashingClient>;
  let nowMs: number;
  let recorded: RollupEvent[];
  /** How often something happened that this is about. */
  const met = { crashes: 0, mismatches: 0, latestUpToDate: 0, latestToBeReadAnew: 0 };

  before(async () => {
    store = await startStore(() => nowMs, { REPORTING_TIME_ZONES: ZONES.join() });
    client = crashingClient();
  });
  after(async () => {
    client?.restore();
    await store?.stop();
  });

  async function act(deed: Deed): Promise<unknown> {
    switch (deed.what) {
      case 'record': {
        const first = recorded.length;
        recorded.push(...deed.told.map(({ event }) => event));
        return record(
          deed.told.map(({ event, lagMs }, i) => ({ id: `e${first + i}`, event, stampedMs: nowMs - lagMs })),
        );
      }
      case 'tick':
        return client.run(deed.crash, () => tick(deed.limits)).then(countCrash);
      case 'rebuild': {
        const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10);
        const from = nowMs - deed.back * DAY_MS;
        const rebuilding = () => rebuildRollups(dayOf(from), dayOf(from + deed.length * DAY_MS));
        return client.run(deed.crash, rebuilding).then(countCrash);
      }
    }
  }
  const countCrash = (crashed: boolean) => {
    met.crashes += Number(crashed);
  };

  async function lookAtLatest(): Promise<void> {
    if ((await assertLatest()) === 'up to date') met.latestUpToDate++;
    else met.latestToBeReadAnew++;
  }

  async function live(all: readonly Happening[]): Promise<void> {
    await store.firestore.reset();
    nowMs = START_MS;
    recorded = [];
    for (const { afterMs, deeds } of all) {
      nowMs += afterMs;
      await Promise.all(deeds.map(act));
      await lookAtLatest();
    }
    // Until everything has been counted again twice, however late it was seen.
    for (let minutes = 0; minutes <= 70; minutes += 7) {
      nowMs += 7 * MINUTE_MS;
      await tick();
    }
  }

  it('the rollups are what the whole log folds to, byte for byte, and the latest ranges what the rollups add up to', async () => {
    await fc.assert(
      fc.asyncProperty(happenings, async (all) => {
        await live(all);
        await assertIsFoldOf(recorded, { zones: ZONES, nowMs });
        assert.equal(await assertLatest(), 'up to date');
        met.mismatches += (await aggregationState())?.recountMismatchCount ?? 0;
      }),
      { seed: 4, numRuns: 12, endOnFailure: true },
    );
  });

  it('which was put to the test', () => {
    for (const [name, count] of Object.entries(met)) assert.ok(count >= 5, `${name}: ${count}`);
  });
});
