import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { type Client, clientFor, database, type QuietStack, quietStack, send } from '../stack/harness.ts';
import { report, reported } from './ingest/reports.ts';
import { assertRefusal } from './refusal.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 1_440 * MINUTE_MS;
/** Tests that only a machine with Debian's prometheus has. */
const whereThereIsPromtool = spawnSync('promtool', ['--version']).status === 0 ? it : () => undefined;

describe('what Prometheus scrapes', function () {
  this.timeout(60_000);
  let stack: QuietStack;
  let admin: Client;
  let analyst: Client;
  let key: string;

  before(async () => {
    stack = await quietStack({ alerts: true });
    admin = await clientFor(stack, 'admin', { role: 'admin' });
    analyst = await clientFor(stack, 'analyst', { role: 'analyst' });
    key = await keyOf('scrape');
    const ann = await clientFor(stack, 'ann');
    await ann.generate();
    await reported(admin, report('good', { provider: 'vertex', requestedAt: iso(-90_000), endedAt: iso(-60_000) }));
    const failed = { outcome: 'failed', errorCode: 'provider_internal', costUsd: 0, videoSec: 0 };
    await reported(admin, report('bad', { ...failed, requestedAt: iso(-100_000), endedAt: iso(-50_000) }));
    await stack.host.advanceBy(10 * MINUTE_MS);
  });
  after(() => stack?.stop());
  beforeEach(() => stack.host.advanceBy(MINUTE_MS));

  const iso = (byMs: number) => new Date(stack.clock.now() + byMs).toISOString();
  async function keyOf(scope: string): Promise<string> {
    const { status, body } = await analyst.call('POST', '/api-keys', { name: 'x', scopes: [scope] });
    assert.equal(status, 201, JSON.stringify(body));
    return body.key;
  }
  const ask = (withKey = key) => send(`${stack.url}/api/v1/metrics`, 'GET', undefined, { 'X-API-Key': withKey });
  async function text(): Promise<string> {
    const { status, body } = await ask();
    assert.equal(status, 200, JSON.stringify(body));
    return body;
  }
  /** Every series by its name and labels. */
  async function series(): Promise<Map<string, number>> {
    const lines = (await text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    const found = lines.map((line) => [
      line.slice(0, line.lastIndexOf(' ')),
      Number(line.slice(line.lastIndexOf(' '))),
    ]);
    const byName = new Map(found as [string, number][]);
    assert.equal(byName.size, lines.length, 'every series is there once');
    return byName;
  }
  /** The sum of the series of a name that have these labels. */
  function sumOf(found: ReadonlyMap<string, number>, name: string, ...labels: string[]): number {
    const meant = [...found].filter(
      ([each]) => each.split('{')[0] === name && labels.every((one) => each.includes(one)),
    );
    assert.ok(meant.length > 0, `${name} ${labels}`);
    return meant.reduce((sum, [, value]) => sum + value, 0);
  }

  it('is text of the format that Prometheus asks for, and kept nowhere', async () => {
    const { headers } = await ask();
    assert.equal(headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
    assert.equal(headers.get('cache-control'), 'private, no-store');
  });

  it('is for keys of scope scrape, analysts and admins', async () => {
    for (const client of [analyst, admin]) assert.equal((await client.call('GET', '/metrics')).status, 200);
    assertRefusal(await ask(await keyOf('read:analytics')), { status: 403, code: 'forbidden' });
    assertRefusal(await send(`${stack.url}/api/v1/metrics`), { status: 401, code: 'unauthenticated' });
    assertRefusal(await send(`${stack.url}/api/v1/summary`, 'GET', undefined, { 'X-API-Key': key }), {
      ...{ status: 403, code: 'forbidden' },
    });
  });

  it('has what was counted, by provider, model and kind', async () => {
    const found = await series();
    const sum = (name: string, ...labels: string[]) => sumOf(found, `video_generation_${name}`, ...labels);
    assert.equal(sum('requests_total'), 3);
    assert.equal(sum('total', 'outcome="succeeded"'), 2);
    assert.equal(sum('total', 'outcome="succeeded"', 'model="veo-3.1-fast-generate-001"'), 1);
    assert.equal(sum('total', 'outcome="failed"'), 1);
    assert.equal(sum('total', 'outcome="expired"'), 0);
    assert.equal(sum('errors_total'), 1);
    assert.equal(sum('errors_total', 'code="provider_internal"'), 1);
    assert.equal(sum('video_seconds_total'), 12);
    assert.equal(sum('duration_seconds_count'), 3);
    assert.equal(sum('duration_seconds_bucket', 'model="other"', 'le="20"'), 0);
    assert.equal(sum('duration_seconds_bucket', 'model="other"', 'le="60"'), 2);
    assert.equal(sum('duration_seconds_sum', 'model="other"'), 80);
    assert.equal(sum('day_success_ratio'), 2 / 3);
    assert.equal(found.get('aggregation_recount_mismatches_total'), 0);
    const age = found.get('aggregation_cursor_age_seconds') ?? Number.NaN;
    assert.ok(age >= 10 && age <= 70, String(age));
  });

  it('says the same of costs as the summary', async () => {
    const { body } = await admin.call('GET', '/summary?range=24h');
    const cost = sumOf(await series(), 'video_generation_cost_usd_total');
    assert.ok(body.metrics.costUsd.value > 0.4);
    assert.ok(Math.abs(cost - body.metrics.costUsd.value) < 1e-9);
  });

  it('has answers of the API by endpoint and method, once they are written', async () => {
    const labels = ['endpoint="/api/v1/models"', 'method="GET"'];
    const before = (await series()).get(`api_request_duration_seconds_count{${labels}}`) ?? 0;
    for (let n = 0; n < 3; n++) await analyst.call('GET', '/models');
    await send(`${stack.url}/api/v1/models`);
    await send(`${stack.url}/api/v1/made/up/${before}`);
    await stack.host.advanceBy(MINUTE_MS);
    await analyst.call('GET', '/me');
    const found = await series();
    assert.equal(found.get(`api_request_duration_seconds_count{${labels}}`), before + 4);
    assert.equal(found.get(`api_request_duration_seconds_bucket{${labels},le="+Inf"}`), before + 4);
    assert.equal(found.get(`api_requests_total{${labels},status="4xx"}`), 1);
    assert.equal(sumOf(found, 'api_requests_total', 'endpoint="other"', 'method="other"', 'status="4xx"'), 1);
    assert.ok(![...found.keys()].some((name) => name.includes('made')));
  });

  it('has queues and open episodes', async () => {
    const found = await series();
    assert.equal(found.get('queue_tasks{queue="dispatchGeneration"}'), 0);
    const db = await database();
    const fields = { rule: 'x', severity: 'critical', state: 'firing', live: false, beganAt: new Date() };
    await db.doc('alert_instances/made-up').set(fields);
    const before = found.get('alert_episodes_open{severity="critical"}') ?? 0;
    assert.equal((await series()).get('alert_episodes_open{severity="critical"}'), before + 1);
    await db.doc('alert_instances/made-up').delete();
  });

  it('rises, whatever is corrected and whatever day it is', async () => {
    const id = await reported(
      admin,
      report('late', { requestedAt: iso(-90_000), endedAt: iso(-60_000), costUsd: 0.5 }),
    );
    await stack.host.advanceBy(MINUTE_MS);
    const cost = async () => sumOf(await series(), 'video_generation_cost_usd_total', 'model="other"');
    const first = await cost();
    const corrected = await admin.call('PATCH', `/metrics/generations/${id}`, { costUsd: 0.25 });
    assert.equal(corrected.status, 200, JSON.stringify(corrected.body));
    await stack.host.advanceBy(MINUTE_MS);
    assert.equal(await cost(), first);
    stack.clock.moveTo(stack.clock.now() + DAY_MS);
    await stack.host.advanceBy(MINUTE_MS);
    assert.equal(await cost(), first);
    await reported(admin, report('next', { requestedAt: iso(-90_000), endedAt: iso(-60_000), costUsd: 0.75 }));
    await stack.host.advanceBy(MINUTE_MS);
    assert.ok(Math.abs((await cost()) - (first + 0.5)) < 1e-9, 'what was owed is made up for');
  });

  it('takes six reads, and those of who asks', async () => {
    await ask();
    stack.cloud.firestore.resetUsage();
    await ask();
    const { total, byCollection } = stack.cloud.firestore.usage();
    const { projection_state: state, system_performance_metrics: rollups, alert_instances: episodes } = byCollection;
    assert.deepEqual([state?.reads, rollups?.reads, byCollection.api_latency?.reads], [1, 1, 1]);
    assert.equal(episodes?.reads, 3);
    assert.ok(total.reads <= 10, JSON.stringify(byCollection));
  });

  whereThereIsPromtool('is as promtool wants metrics to be', async () => {
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
      input: await text(),
      encoding: 'utf8',
    });
    assert.deepEqual({ status, said: `${stdout}${stderr}` }, { status: 0, said: '' });
  });
});
