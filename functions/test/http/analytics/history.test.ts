import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Timestamp } from 'firebase-admin/firestore';
import { clientOf } from '../../../../local/bigquery/client.ts';
import type { Stack } from '../../../../local/stack/in-process.ts';
import { DATASET, PROJECT_ID } from '../../../../local/stack/project.ts';
import { migrateLocally } from '../../../../local/stack/warehouse.ts';
import { wholeView } from '../../../src/core/analytics/view.ts';
import { bucketsBetween } from '../../../src/core/rollup/bucket.ts';
import { type Cell, emptyCell } from '../../../src/core/rollup/cell.ts';
import { daysOf } from '../../../src/core/rollup/days.ts';
import { TOTAL } from '../../../src/core/rollup/document.ts';
import { shardOf } from '../../../src/core/shard.ts';
import type { RowEvent } from '../../../src/core/warehouse/row.ts';
import { foldedBetween } from '../../core/analytics/foldedBetween.ts';
import { historyOf } from '../../core/analytics/historyEvents.ts';
import {
  type Answer,
  type Client,
  capturedLogs,
  clientFor,
  database,
  frozenStack,
  type Logs,
  placeOf,
} from '../../stack/harness.ts';
import { assertRefusal } from '../refusal.ts';

const START = Date.parse('2026-11-20T12:00:00Z');
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Of which hours are not kept any more, and days are. */
const OLD = Date.parse('2026-06-10');
/** Old ones, late ones, and those about where the warehouse ends and buckets go on. */
const SPANS = [
  { fromMs: OLD - DAY_MS, toMs: OLD + 2 * DAY_MS },
  { fromMs: Date.parse('2026-11-09'), toMs: Date.parse('2026-11-12') },
  { fromMs: START - 2 * HOUR_MS, toMs: START + HOUR_MS / 4 },
];
const KATHMANDU = 'Asia/Kathmandu';

describe('history from the warehouse', function () {
  this.timeout(60_000);
  let stack: Stack;
  let logs: Logs;
  let analyst: Client;
  let events: RowEvent[];
  /** The answer while nothing is in the warehouse yet. */
  let tooEarly: Answer;

  before(async () => {
    logs = capturedLogs();
    const KNOWN_MODELS = ['veo', 'turbo', 'family/member'].flatMap((m) => [`google/${m}`, `kling/${m}`]).join();
    stack = await frozenStack({ startAtMs: START, warehouse: true, env: { KNOWN_MODELS } });
    assert.ok(stack.bigQuery);
    await migrateLocally(stack.bigQuery.url);
    analyst = await clientFor(placeOf(stack), 'analyst', { role: 'analyst' });
    tooEarly = await analyst.call('GET', '/performance?from=2026-06-10&to=2026-06-11&granularity=1h');
    events = SPANS.flatMap((span, i) => {
      const [drawn = []] = fc.sample(historyOf(span, { minLength: 120, maxLength: 120 }), { seed: i, numRuns: 1 });
      return drawn.map((event) => ({ ...event, id: `${i}${event.id}`, body: renamed(event.body, i) }));
    });
    await record(events, stack.clock.now());
    await stack.host.advanceBy(600_000);
  });
  after(async () => {
    await stack?.stop();
    logs?.restore();
  });
  async function get(path: string) {
    const { status, body } = await analyst.call('GET', path);
    assert.equal(status, 200, JSON.stringify(body));
    return body;
  }
  const total = (startMs: number, endMs: number) =>
    foldedBetween(events, startMs, endMs).head.get(TOTAL) ?? emptyCell();
  const sourcesOf = ({ range }: { range: { sources: { source: string }[] } }) =>
    range.sources.map(({ source }) => source);
  const view = (cell: Cell) => JSON.parse(JSON.stringify(wholeView(cell)));

  it('is refused, as where there is no warehouse, until something is in it', () => {
    assertRefusal(tooEarly, { status: 400, code: 'invalid_request' });
    assert.match(tooEarly.body.detail, /known for 120 days/);
  });

  it('whole days are from the rollups, and hours of the same days from the warehouse, with the same numbers', async () => {
    const [from, to] = ['2026-06-10', '2026-06-12'];
    const days = await get(`/performance?from=${from}&to=${to}&granularity=1d`);
    assert.deepEqual(sourcesOf(days), ['rollups']);
    for (const [i, { metrics, complete }] of days.series.entries()) {
      assert.deepEqual(metrics, view(total(OLD + i * DAY_MS, OLD + (i + 1) * DAY_MS)));
      assert.equal(complete, true);
    }
    const hours = await get(`/performance?from=${from}&to=${to}&granularity=1h`);
    assert.deepEqual(sourcesOf(hours), ['warehouse']);
    assert.equal(hours.range.complete, true);
    assert.equal(hours.series.length, 48);
    for (const { start, end, metrics, complete } of hours.series) {
      assert.deepEqual(metrics, view(total(Date.parse(start), Date.parse(end))), start);
      assert.equal(complete, true);
    }
    assert.ok(hours.series.some(({ metrics }: { metrics: Record<string, { n: number }> }) => metrics.ratingMean?.n));
  });

  it('days of a zone that is not kept are from the warehouse up to where it goes, then from buckets; none is in both', async () => {
    const body = await get(`/performance?from=2026-06-09&to=2026-11-21&granularity=1d&tz=${KATHMANDU}`);
    assert.deepEqual(sourcesOf(body), ['warehouse', 'rollups']);
    const [warehouse, rollups] = body.range.sources;
    assert.equal(warehouse.to, rollups.from);
    assert.ok(Date.parse(warehouse.to) > START - 30 * 60_000, warehouse.to);
    const days = bucketsBetween(
      Date.parse('2026-06-08T18:15:00Z'),
      Date.parse('2026-11-20T18:15:00Z'),
      '1d',
      KATHMANDU,
    );
    assert.equal(body.series.length, days.length);
    for (const [i, { startMs, endMs }] of days.entries())
      assert.deepEqual(body.series[i].metrics, view(total(startMs, endMs)));
    const { metrics } = await get(`/summary?from=2026-06-09&to=2026-11-21&tz=${KATHMANDU}`);
    assert.deepEqual(metrics, view(total(days[0]?.startMs ?? 0, days.at(-1)?.endMs ?? 0)));
  });

  it('by cell, provider, model of a provider, kind and style', async () => {
    const PERIOD = 'from=2026-06-10T06:00:00Z&to=2026-06-11T18:00:00Z';
    const { parts, style } = foldedBetween(events, OLD + DAY_MS / 4, OLD + 1.75 * DAY_MS);
    const merged = (which: (key: string) => boolean) => {
      const sum = foldedBetween(
        events.filter(({ cellKey = '' }) => which(cellKey)),
        OLD + DAY_MS / 4,
        OLD + 1.75 * DAY_MS,
      );
      return view(sum.head.get(TOTAL) ?? emptyCell());
    };
    const { rows, range } = await get(`/providers?${PERIOD}`);
    assert.deepEqual(sourcesOf({ range }), ['warehouse']);
    assert.equal(rows.length, parts.size);
    for (const { provider, model, kind, metrics } of rows)
      assert.deepEqual(metrics, view(parts.get(`${provider}/${model}/${kind}`) ?? emptyCell()));
    const byProvider = await get(`/providers?${PERIOD}&by=provider`);
    assert.deepEqual(byProvider.rows.length, 2);
    for (const { provider, metrics } of byProvider.rows)
      assert.deepEqual(
        metrics,
        merged((key) => key.startsWith(provider)),
      );
    const ofModel = await get(`/summary?${PERIOD}&provider=kling&model=family/member`);
    assert.deepEqual(
      ofModel.metrics,
      merged((key) => key.startsWith('kling/family/member/')),
    );
    const ofProvider = await get(`/summary?${PERIOD}&provider=kling`);
    assert.deepEqual(
      ofProvider.metrics,
      merged((key) => key.startsWith('kling/')),
    );
    const ofKind = await get(`/summary?${PERIOD}&kind=image_to_video`);
    assert.deepEqual(
      ofKind.metrics,
      merged((key) => key.endsWith('/image_to_video')),
    );
    const [[name, cell] = ['', emptyCell()]] = style;
    assert.deepEqual((await get(`/summary?${PERIOD}&style=${name}`)).metrics, view(cell));
    const { errors, ended, styles } = await get(`/errors?${PERIOD}`);
    const whole = merged(() => true);
    assert.equal(ended, whole.ended.value);
    assert.equal(styles.length, style.size);
    const ofErrors = total(OLD + DAY_MS / 4, OLD + 1.75 * DAY_MS).errors;
    for (const { code, count } of errors) assert.equal(count, ofErrors.get(code));
  });

  it('who has the answer is told so without a query, until the warehouse has more', async () => {
    const path = '/summary?from=2026-06-10T06:00:00Z&to=2026-06-10T07:30:00Z';
    const first = await analyst.call('GET', path);
    const etag = first.headers.get('etag') ?? assert.fail();
    const dataset = clientOf(stack.bigQuery?.url ?? '', PROJECT_ID).dataset(DATASET);
    await dataset.table('generations').delete();
    const again = await analyst.call('GET', path, undefined, { 'If-None-Match': etag });
    assert.deepEqual([again.status, again.body, again.headers.get('etag')], [304, '', etag]);
    assert.deepEqual((await get(path)).metrics, first.body.metrics, 'from memory');
    const other = await analyst.call('GET', '/summary?from=2026-06-10T06:00:00Z&to=2026-06-10T07:45:00Z');
    assert.deepEqual([other.status, other.body.code], [503, 'unavailable']);
    assert.doesNotMatch(JSON.stringify(other.body), /generations|dailies/);
    assert.equal(logs.lines.filter(({ component }) => component === 'history').length, 1);
    assert.equal((await analyst.call('GET', '/summary?from=2026-06-10&to=2026-06-11')).status, 200, 'of the rollups');
    await migrateLocally(stack.bigQuery?.url ?? '');
    assert.equal((await analyst.call('GET', '/summary?from=2026-06-10T06:00:00Z&to=2026-06-10T07:45:00Z')).status, 200);
    const [late] = fc.sample(
      historyOf({ fromMs: OLD + 6.2 * 3_600_000, toMs: OLD + 6.4 * 3_600_000 }, { minLength: 1, maxLength: 1 }),
      1,
    );
    events.push(...(late ?? []).map((event) => ({ ...event, id: `late${event.id}`, body: renamed(event.body, 9) })));
    await record(
      events.filter(({ id }) => id.startsWith('late')),
      stack.clock.now(),
    );
    await stack.host.advanceBy(600_000);
    const more = await analyst.call('GET', path, undefined, { 'If-None-Match': etag });
    assert.equal(more.status, 200);
    assert.deepEqual(more.body.metrics, view(total(OLD + 6 * 3_600_000, OLD + 7.5 * 3_600_000)));
    assert.equal(more.body.metrics.arrivals.value, first.body.metrics.arrivals.value + 1);
  });

  it('compares, within one state of the warehouse, in as many reads as without', async () => {
    const path = '/summary?from=2026-06-11T06:00:00Z&to=2026-06-11T09:00:00Z';
    const { firestore } = stack.cloud;
    const { metrics } = await get(path);
    firestore.resetUsage();
    await get(path);
    const { reads } = firestore.usage().total;
    const { previous } = await get(`${path}&compare=previous`);
    assert.equal(firestore.usage().total.reads, 2 * reads);
    assert.deepEqual(metrics, view(total(OLD + 30 * HOUR_MS, OLD + 33 * HOUR_MS)));
    assert.deepEqual(previous.metrics, view(total(OLD + 27 * HOUR_MS, OLD + 30 * HOUR_MS)));
  });

  it('refuses what would read more than a question may, and says what to ask instead', async () => {
    const allowed = process.env.WAREHOUSE_MAX_BYTES_BILLED;
    process.env.WAREHOUSE_MAX_BYTES_BILLED = '1000';
    try {
      const answer = await analyst.call('GET', '/performance?from=2026-06-11&to=2026-06-12&granularity=15m');
      assertRefusal(answer, { status: 400, code: 'invalid_request' });
      assert.match(answer.body.detail, /shorter period, a coarser granularity/);
    } finally {
      if (allowed === undefined) delete process.env.WAREHOUSE_MAX_BYTES_BILLED;
      else process.env.WAREHOUSE_MAX_BYTES_BILLED = allowed;
    }
  });
});

const renamed = (body: RowEvent['body'], i: number): RowEvent['body'] =>
  ('generationId' in body ? { ...body, generationId: `${i}${body.generationId}` } : body) as RowEvent['body'];

/** Puts events into the log as of a moment. */
async function record(events: readonly RowEvent[], stampedMs: number): Promise<void> {
  const firestore = await database();
  for (let from = 0; from < events.length; from += 400) {
    const batch = firestore.batch();
    for (const { id, ...event } of events.slice(from, from + 400)) {
      const recordedAt = Timestamp.fromMillis(stampedMs);
      batch.create(firestore.doc(`analytics_events/${id}`), {
        ...event,
        shard: shardOf(id),
        days: daysOf(event),
        recordedAt,
      });
    }
    await batch.commit();
  }
}
