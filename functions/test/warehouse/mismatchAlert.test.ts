import assert from 'node:assert/strict';
import { clientOf } from '../../../local/bigquery/client.ts';
import { DATASET, PROJECT_ID } from '../../../local/stack/project.ts';
import { loadRows } from '../../../local/test/bigquery/started.ts';
import { report, reported } from '../http/ingest/reports.ts';
import { clientFor, database, placeOf, type QuietStack, quietStack } from '../stack/harness.ts';

const MINUTE_MS = 60_000;
const YESTERDAY = '2040-01-01';
const DAYS = ['2039-12-26', '2039-12-27', '2039-12-28', '2039-12-29', '2039-12-30', '2039-12-31', YESTERDAY];

describe('a warehouse that differs', function () {
  this.timeout(60_000);
  let stack: QuietStack;
  before(async () => {
    stack = await quietStack({ warehouse: true, alerts: true, startAtMs: Date.parse('2040-01-02T03:14:00Z') });
  });
  after(() => stack?.stop());

  it('is found in the night, and somebody is told', async () => {
    const [ingest, analyst] = await Promise.all([
      clientFor(placeOf(stack), 'ingest', { role: 'ingest' }),
      clientFor(placeOf(stack), 'analyst', { role: 'analyst' }),
    ]);
    const times = { requestedAt: `${YESTERDAY}T12:00:00Z`, endedAt: `${YESTERDAY}T12:00:30Z` };
    await reported(ingest, report('a', times));
    // Counted by the minute, loaded at 03:20.
    await stack.host.advanceBy(13 * MINUTE_MS);
    const client = clientOf(stack.bigQuery?.url ?? assert.fail('no BigQuery'), PROJECT_ID);
    const [[row]] = await client.query(`SELECT * FROM ${DATASET}.events WHERE requested_at IS NOT NULL`);
    const again = Object.entries(row).map(([name, value]) => [name, (value as { value?: string })?.value ?? value]);
    await loadRows(client, [DATASET, 'events'], [Object.fromEntries(again)]);
    await stack.host.advanceBy(5 * MINUTE_MS);
    const kept = await (await database()).doc('projection_state/warehouse.comparison').get();
    const difference = (measure: string, warehouse: number, rollups: number) => ({
      ...{ day: YESTERDAY, cellKey: 'other/other/text_to_video', measure, warehouse, rollups },
    });
    assert.deepEqual(kept.get('differences'), [
      difference('arrivals', 2, 1),
      difference('succeeded', 2, 1),
      difference('costUsdMicros', 800_000, 400_000),
      difference('videoSec', 16, 8),
    ]);
    assert.deepEqual([kept.get('days'), kept.get('skipped'), kept.get('differenceCount')], [DAYS, [], 4]);
    const { body } = await analyst.call('GET', '/alerts');
    assert.deepEqual(
      body.alerts.map(({ rule, severity, state }: Record<string, unknown>) => [rule, severity, state]),
      [['warehouse_mismatch', 'warning', 'firing']],
    );
  });
});
