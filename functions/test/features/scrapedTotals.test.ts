import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ROUTES } from '../../src/core/access/routes.ts';
import { counter, emptyCell, mergeCells } from '../../src/core/rollup/cell.ts';
import type { RollupEvent } from '../../src/core/rollup/contribution.ts';
import { foldEvents } from '../../src/core/rollup/fold.ts';
import { histogramPrefix, type Totals } from '../../src/core/scrape/totals.ts';
import { latestDayAndTotals, rebuildRollups, STEP_LIMITS, tick } from '../../src/features/aggregation/index.ts';
import { countAnswer } from '../../src/features/apiLatency/index.ts';
import { addRequests, answersByDay, countedRequests, forgetAnswersOf } from '../../src/platform/apiRequests.ts';
import { aggregationState } from '../../src/platform/rollups.ts';
import { happenings, START_MS } from './aggregation/happenings.ts';
import { record } from './aggregation/log.ts';
import { startStore } from './aggregation/store.ts';

const MINUTE_MS = 60_000;
const A_FEW_AT_ONCE = { ...STEP_LIMITS, events: 7, page: 5 };
const TODAY = new Date(START_MS).toISOString().slice(0, 10);

/** Requests and ends, which take nothing back. */
const EVENTS: RollupEvent[] = fc
  .sample(happenings, { seed: 5, numRuns: 40 })
  .flatMap((all) => all.flatMap(({ deeds }) => deeds))
  .flatMap((deed) => (deed.what === 'record' ? deed.told.map(({ event }) => event) : []))
  .filter(({ type }) => !['rated', 'scored', 'corrected'].includes(type.slice(11)))
  .slice(0, 60);

describe('what a scrape is made of', function () {
  this.timeout(60_000);
  let store: Awaited<ReturnType<typeof startStore>>;
  let nowMs: number;

  before(async () => {
    nowMs = START_MS;
    store = await startStore(() => nowMs, { REPORTING_TIME_ZONES: '', ROLLUP_VERSIONS: '1' });
  });
  beforeEach(async () => {
    await store.firestore.reset();
    nowMs += 60 * MINUTE_MS;
  });
  after(() => store?.stop());

  async function tell(events: readonly RollupEvent[], from: number): Promise<void> {
    await record(events.map((event, i) => ({ id: `e${from + i}`, event, stampedMs: nowMs })));
    nowMs += MINUTE_MS;
  }
  async function totals(): Promise<Totals> {
    const state = await aggregationState();
    return (state && (await latestDayAndTotals(state)).totals) ?? assert.fail('nothing is counted');
  }
  const sumOf = ({ cells }: Totals, name: string) => [...cells.values()].reduce((sum, sums) => sum + sums.get(name), 0);
  const wanted = (events: readonly RollupEvent[]) => {
    const total = emptyCell();
    for (const { bucket, part, cells } of foldEvents(events, { zones: [], nowMs }).documents.values()) {
      const cell = bucket.granularity === '1d' && part === 'head' ? cells.get('*') : undefined;
      if (cell) mergeCells(total, cell);
    }
    return total;
  };
  async function isAll(events: readonly RollupEvent[]): Promise<void> {
    const [found, total] = [await totals(), wanted(events)];
    for (const name of ['arrivals', 'succeeded', 'failed', 'costUsdMicros', 'totalMs'] as const) {
      assert.equal(sumOf(found, name), counter(total, name), name);
    }
    assert.equal(sumOf(found, `${histogramPrefix('totalMs')}inf`), total.sketches.totalMs.count);
  }

  it('everything counted is in it once, in however many steps, whoever runs beside, and after buckets were rebuilt', async () => {
    assert.equal(EVENTS.length, 60);
    await tell(EVENTS.slice(0, 40), 0);
    await Promise.all([tick(A_FEW_AT_ONCE), tick(A_FEW_AT_ONCE)]);
    nowMs += MINUTE_MS;
    await tick(A_FEW_AT_ONCE);
    await isAll(EVENTS.slice(0, 40));
    const since = (await totals()).sinceMs;
    await rebuildRollups(TODAY, TODAY);
    await tell(EVENTS.slice(40), 40);
    await tick();
    await isAll(EVENTS);
    assert.equal((await totals()).sinceMs, since);
  });

  it('stays as it is when the day ends', async () => {
    await tell(EVENTS, 0);
    await tick();
    for (let hour = 0; hour < 26; hour += 13) {
      nowMs += 13 * 60 * MINUTE_MS;
      await tick();
      await isAll(EVENTS);
    }
  });

  it('answers of every route that there is are counted, more of them than one commit can add', async () => {
    const routes = Object.keys(ROUTES);
    for (const route of routes) {
      for (const status of [200, 304, 404, 500]) await countAnswer({ route, status, durationMs: status });
    }
    nowMs += MINUTE_MS;
    await countAnswer({ route: 'other', status: 404, durationMs: 1 });
    const counted = await countedRequests();
    assert.deepEqual([...counted.keys()].sort(), [...routes, 'other'].sort());
    for (const route of routes) assert.equal(counted.get(route)?.get('sumMs'), 1_408, route);
  });

  it('answers are counted once, also when nobody knows whether they were written', async () => {
    const answered = (status: number, durationMs: number) =>
      countAnswer({ route: 'GET /api/v1/me', status, durationMs });
    await answered(200, 9);
    await answered(404, 11);
    nowMs += MINUTE_MS;
    await answered(200, 70_000);
    const counts = new Map([
      ['10', 1],
      ['25', 1],
      ['inf', 1],
      ['sumMs', 70_020],
      ['2xx', 2],
      ['4xx', 1],
    ]);
    const sorted = (map: ReadonlyMap<string, number> | undefined) => [...(map ?? [])].sort();
    assert.deepEqual(sorted((await countedRequests()).get('GET /api/v1/me')), sorted(counts));
    const once = new Map([['POST /x', new Map([['10', 2]])]]);
    for (let times = 0; times < 2; times++) await addRequests('same', once, '2026-11-20', new Date(nowMs));
    await addRequests('other', once, '2026-11-20', new Date(nowMs));
    assert.equal((await countedRequests()).get('POST /x')?.get('10'), 4);
  });

  it('answers count on the day on which they were given', async () => {
    const before = await answersByDay();
    const midnightMs = Math.ceil(nowMs / (24 * 60 * MINUTE_MS)) * 24 * 60 * MINUTE_MS;
    const [day = '', next = ''] = [midnightMs - 1, midnightMs].map((ms) => new Date(ms).toISOString().slice(0, 10));
    nowMs = midnightMs - 1_000;
    await countAnswer({ route: 'GET /api/v1/me', status: 200, durationMs: 1 });
    nowMs = midnightMs + 10_000;
    await countAnswer({ route: 'GET /api/v1/me', status: 500, durationMs: 1 });
    for (let minute = 0; minute < 2; minute++) {
      nowMs += MINUTE_MS;
      await countAnswer({ route: 'GET /api/v1/models', status: 404, durationMs: 1 });
    }
    const after = await answersByDay();
    assert.equal(after[day]?.['2xx'], (before[day]?.['2xx'] ?? 0) + 1);
    assert.deepEqual(after[next], { '4xx': 2, '5xx': 1 });
    await forgetAnswersOf([day]);
    assert.deepEqual(await answersByDay(), Object.fromEntries(Object.entries(after).filter(([name]) => name !== day)));
  });
});
