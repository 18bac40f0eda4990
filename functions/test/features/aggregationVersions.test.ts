import assert from 'node:assert/strict';
import fc from 'fast-check';
import { UTC } from '../../src/core/rollup/bucket.ts';
import { decodeCells, encodeCells } from '../../src/core/rollup/codec.ts';
import type { RollupEvent } from '../../src/core/rollup/contribution.ts';
import { readSlots, rebuildRollups, STEP_LIMITS, tick } from '../../src/features/aggregation/index.ts';
import { firestore } from '../../src/platform/firestore.ts';
import { aggregationState } from '../../src/platform/rollups.ts';
import { rollupVersions } from '../../src/platform/rollupVersions.ts';
import { happenings, START_MS, ZONES } from './aggregation/happenings.ts';
import { assertIsFoldOf, assertLatest, record } from './aggregation/log.ts';
import { startStore } from './aggregation/store.ts';

const MINUTE_MS = 60_000;
const TODAY = new Date(START_MS).toISOString().slice(0, 10);
const A_FEW_AT_ONCE = { ...STEP_LIMITS, events: 7, page: 5 };

/** Events of all kinds, the same each time. */
const EVENTS: RollupEvent[] = fc
  .sample(happenings, { seed: 11, numRuns: 30 })
  .flatMap((all) => all.flatMap(({ deeds }) => deeds))
  .flatMap((deed) => (deed.what === 'record' ? deed.told.map(({ event }) => event) : []));
const [FIRST, SECOND, THIRD] = [EVENTS.slice(0, 20), EVENTS.slice(20, 40), EVENTS.slice(40, 60)];

describe('versions of the rollups', function () {
  this.timeout(60_000);
  let store: Awaited<ReturnType<typeof startStore>>;
  let nowMs: number;
  let recorded: RollupEvent[];

  before(async () => {
    store = await startStore(() => nowMs, { REPORTING_TIME_ZONES: ZONES.join(), ROLLUP_VERSIONS: '1' });
  });
  beforeEach(async () => {
    await store.firestore.reset();
    nowMs = START_MS;
    recorded = [];
  });
  afterEach(() => {
    process.env.ROLLUP_VERSIONS = '1';
  });
  after(() => store?.stop());

  async function tell(events: readonly RollupEvent[]): Promise<void> {
    const first = recorded.length;
    recorded.push(...events);
    await record(events.map((event, i) => ({ id: `e${first + i}`, event, stampedMs: nowMs })));
    nowMs += MINUTE_MS;
  }
  const isWhole = async (rollupVersion: number) => {
    await assertIsFoldOf(recorded, { zones: ZONES, nowMs, rollupVersion });
    assert.equal(await assertLatest(rollupVersion), 'up to date');
  };
  /** Every document of a version: buckets, state and latest ranges. */
  async function everythingOf(rollupVersion: number): Promise<string> {
    const found = await Promise.all(
      ['system_performance_metrics', 'projection_state'].map((name) => firestore().collection(name).get()),
    );
    const isOurs = (id: string) =>
      rollupVersion === 1
        ? !/^v2~|~v2$/.test(id)
        : id.startsWith(`v${rollupVersion}~`) || id.endsWith(`~v${rollupVersion}`);
    const docs = found.flatMap(({ docs }) => docs).filter(({ id }) => isOurs(id));
    return JSON.stringify(docs.map((doc) => [doc.id, doc.updateTime.toMillis(), doc.data()]));
  }
  const arrivalsServed = async () => {
    const day = { granularity: '1d' as const, zone: UTC, startMs: Date.parse(TODAY), endMs: Date.parse(TODAY) + 1 };
    const slot = { startMs: day.startMs, endMs: day.endMs, tiles: [day] };
    const [cells] = await readSlots([slot], { parts: () => ['head'], has: (key) => key === '*' });
    return cells?.get('*')?.counters[0] ?? 0;
  };

  it('are kept up side by side: a new one is counted from the beginning of the log while the other goes on', async () => {
    await tell(FIRST);
    await tick();
    await isWhole(1);
    process.env.ROLLUP_VERSIONS = '1,2';
    await tell(SECOND);
    const done = await tick(A_FEW_AT_ONCE);
    assert.deepEqual([done.get(1)?.events, done.get(2)?.events], [20, 40]);
    await Promise.all([isWhole(1), isWhole(2)]);
    await tell(THIRD);
    await Promise.all([tick(A_FEW_AT_ONCE), tick(A_FEW_AT_ONCE)]);
    nowMs += MINUTE_MS;
    await tick();
    await Promise.all([isWhole(1), isWhole(2)]);
  });

  it('do not disturb each other: what is done to one leaves every document of the other as it was', async () => {
    await tell(FIRST);
    process.env.ROLLUP_VERSIONS = '1,2';
    await tick();
    const [one, two] = await Promise.all([everythingOf(1), everythingOf(2)]);
    await firestore().doc(`system_performance_metrics/v2~1d~UTC~${TODAY}T00:00Z~head`).delete();
    await rebuildRollups(TODAY, TODAY, 2);
    assert.equal(await everythingOf(1), one);
    assert.notEqual(await everythingOf(2), two);
    nowMs += MINUTE_MS;
    await tick();
    await Promise.all([isWhole(1), isWhole(2)]);
    const kept = await everythingOf(1);
    process.env.ROLLUP_VERSIONS = '2';
    await tell(SECOND);
    await tick();
    assert.equal(await everythingOf(1), kept, 'a version that is no longer named stays as it is');
    await isWhole(2);
  });

  it('are switched by naming the other one first', async () => {
    await tell(FIRST.filter(({ type }) => type === 'generation.requested'));
    const asked: RollupEvent = {
      ...{ type: 'generation.requested', occurredAt: new Date(START_MS), cellKey: 'a/b/c', userKey: '' },
      body: { generationId: 'g', provider: 'a', model: 'b', kind: 'text_to_video', videosAsked: 1, priceUsdMicros: 1 },
    };
    await tell([asked]);
    await tick();
    const arrivals = await arrivalsServed();
    assert.ok(arrivals > 0);
    process.env.ROLLUP_VERSIONS = '2,1';
    assert.deepEqual(
      [await arrivalsServed(), await aggregationState()],
      [0, undefined],
      'nothing is counted in it yet',
    );
    await tick();
    assert.equal(await arrivalsServed(), arrivals);
  });

  it('whose cells a later codec wrote are left alone, with an error, and the other version goes on', async () => {
    await tell(FIRST);
    process.env.ROLLUP_VERSIONS = '1,2';
    await tick();
    const doc = firestore().doc(`system_performance_metrics/v1~1d~UTC~${TODAY}T00:00Z~head`);
    const cells: Uint8Array = (await doc.get()).get('cells');
    const later = Uint8Array.from(cells);
    later[0] = 2;
    await doc.update({ cells: later });
    const one = await everythingOf(1);
    const asked = EVENTS.find(({ type, occurredAt }) => {
      return type === 'generation.requested' && occurredAt.toISOString().startsWith(TODAY);
    });
    assert.ok(asked);
    await tell([asked]);
    await assert.rejects(tick(), /cells of version 2; known is 1/);
    assert.equal(await everythingOf(1), one);
    await isWhole(2);
    // As soon as they can be read again, nothing has been lost.
    await doc.update({ cells });
    nowMs += MINUTE_MS;
    await tick();
    await isWhole(1);
    assert.throws(() => decodeCells(Uint8Array.of(0, ...encodeCells(new Map()).subarray(1))), /cells of version 0/);
  });

  it('are one or two, each a number', () => {
    const versionsOf = (text: string) => {
      process.env.ROLLUP_VERSIONS = text;
      return rollupVersions();
    };
    assert.deepEqual([versionsOf(''), versionsOf('2'), versionsOf('1, 2')], [[1], [2], [1, 2]]);
    for (const wrong of ['0', '1,1', '1,2,3', 'x', '1,', '1.5', '-1']) {
      assert.throws(() => versionsOf(wrong), /ROLLUP_VERSIONS must name one or two versions/, wrong);
    }
  });
});
