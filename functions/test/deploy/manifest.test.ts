import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadFunctions } from '../../../local/host/functions/load.ts';
import { PROJECTION_LIMITS } from '../../src/features/warehouse/index.ts';

const functionsDir = fileURLToPath(new URL('../..', import.meta.url));
/** What a task queue is deployed with, given what differs between the three. */
const queue = (maxConcurrentDispatches: number, maxDispatchesPerSecond: number) => ({
  retryConfig: { maxAttempts: 5, minBackoffSeconds: 5, maxBackoffSeconds: 120, maxDoublings: 4 },
  rateLimits: { maxConcurrentDispatches, maxDispatchesPerSecond },
});

/** Those that hold pictures or many events in memory. */
const LARGE = ['aggregateEvents', 'projectWarehouse', 'settleGeneration'];

/** Those of which one instance is enough. */
const SINGLE = [
  'aggregateEvents',
  'compareWarehouse',
  'computeInsights',
  'evaluateAlerts',
  'exportMonitoring',
  'projectWarehouse',
];

describe('what is deployed', () => {
  let endpoints: Record<string, Record<string, unknown>>;
  let params: { name: string; type?: string }[];

  before(async () => {
    process.env.GCLOUD_PROJECT ??= 'demo-dailies';
    const { stack } = await loadFunctions(functionsDir);
    ({ endpoints, params } = JSON.parse(JSON.stringify(stack)));
  });

  it('is these functions', () => {
    assert.deepEqual(Object.keys(endpoints).sort(), [
      'aggregateEvents',
      'api',
      'cleanUpGenerations',
      'compareWarehouse',
      'computeInsights',
      'deliverNotification',
      'dispatchGeneration',
      'escalateAlert',
      'evaluateAlerts',
      'exportMonitoring',
      'live',
      'pollGeneration',
      'projectGenerationMetrics',
      'projectWarehouse',
      'settleGeneration',
      'sweepGenerations',
      'writeExport',
    ]);
    for (const [name, endpoint] of Object.entries(endpoints)) {
      assert.equal(endpoint.platform, 'gcfv2', name);
      assert.deepEqual(endpoint.region, ['us-central1'], name);
      assert.equal(endpoint.availableMemoryMb, LARGE.includes(name) ? 1_024 : 512, name);
      assert.equal(endpoint.maxInstances, SINGLE.includes(name) ? 1 : 20, name);
    }
  });

  it('lets a stream of the log last an hour, and many be open at once', () => {
    assert.deepEqual(endpoints.live?.httpsTrigger, { invoker: ['public'] });
    assert.equal(endpoints.live?.timeoutSeconds, 3_600);
    assert.equal(endpoints.live?.concurrency, 500);
  });

  it('opens only the API to everybody', () => {
    assert.deepEqual(endpoints.api?.httpsTrigger, { invoker: ['public'] });
    assert.equal(endpoints.api?.timeoutSeconds, 60);
    assert.equal(endpoints.api?.concurrency, 80);
  });

  const queues = [
    { name: 'dispatchGeneration', expected: queue(50, 20), timeoutSeconds: 120 },
    { name: 'pollGeneration', expected: queue(100, 100), timeoutSeconds: 120 },
    { name: 'settleGeneration', expected: queue(50, 50), timeoutSeconds: 240 },
    { name: 'deliverNotification', expected: queue(100, 50), timeoutSeconds: 120 },
    { name: 'escalateAlert', expected: queue(20, 20), timeoutSeconds: 120 },
    { name: 'writeExport', expected: queue(4, 4), timeoutSeconds: 540 },
  ];
  for (const { name, expected, timeoutSeconds } of queues) {
    it(`retries and limits ${name}`, () => {
      const { retryConfig, rateLimits } = (endpoints[name] ?? assert.fail()).taskQueueTrigger as typeof expected;
      assert.deepEqual({ ...retryConfig }, { ...retryConfig, ...expected.retryConfig });
      assert.deepEqual(rateLimits, expected.rateLimits);
      assert.equal(endpoints[name]?.timeoutSeconds, timeoutSeconds);
    });
  }

  it('sweeps every minute', () => {
    const { schedule } = (endpoints.sweepGenerations ?? assert.fail()).scheduleTrigger as { schedule: string };
    assert.equal(schedule, 'every 1 minutes');
  });

  it('evaluates alerts every minute', () => {
    const { schedule } = (endpoints.evaluateAlerts ?? assert.fail()).scheduleTrigger as { schedule: string };
    assert.equal(schedule, 'every 1 minutes');
  });

  it('tells Cloud Monitoring every minute, one run at a time', () => {
    const { scheduleTrigger, concurrency } = endpoints.exportMonitoring ?? assert.fail();
    assert.equal((scheduleTrigger as { schedule: string }).schedule, 'every 1 minutes');
    assert.equal(concurrency, 1);
  });

  it('copies the log to BigQuery every five minutes, one run at a time, within what BigQuery loads a day', () => {
    const { scheduleTrigger, concurrency, timeoutSeconds } = endpoints.projectWarehouse ?? assert.fail();
    assert.equal((scheduleTrigger as { schedule: string }).schedule, 'every 5 minutes');
    assert.deepEqual([concurrency, timeoutSeconds], [1, 540]);
    assert.ok(((24 * 60) / 5) * PROJECTION_LIMITS.loads < 1_500);
  });

  it('compares the warehouse with the rollups each night, and tries it five times more', () => {
    const { scheduleTrigger, concurrency } = endpoints.compareWarehouse ?? assert.fail();
    const { schedule, timeZone } = scheduleTrigger as { schedule: string; timeZone: string };
    assert.deepEqual([schedule, timeZone, concurrency], ['30 3-8 * * *', 'Etc/UTC', 1]);
  });

  it('computes insights each hour, once what was loaded on the hour is there', () => {
    const { scheduleTrigger, concurrency, timeoutSeconds } = endpoints.computeInsights ?? assert.fail();
    assert.equal((scheduleTrigger as { schedule: string }).schedule, '20 * * * *');
    assert.deepEqual([concurrency, timeoutSeconds], [1, 540]);
  });

  it('deletes what nobody needs every ten minutes', () => {
    const { schedule } = (endpoints.cleanUpGenerations ?? assert.fail()).scheduleTrigger as { schedule: string };
    assert.equal(schedule, 'every 10 minutes');
  });

  it('projects metrics from every write of a generation, with retries', () => {
    const trigger = endpoints.projectGenerationMetrics?.eventTrigger as Record<string, unknown>;
    assert.equal(trigger.eventType, 'google.cloud.firestore.document.v1.written');
    assert.deepEqual(trigger.eventFilterPathPatterns, { document: 'generations/{generationId}' });
    assert.equal(trigger.retry, true);
  });

  it('asks for these params, and .env.example explains each', async () => {
    const names = [
      'ALERT_WATCHDOG_URL',
      'ALLOWED_ORIGINS',
      'BIGQUERY_BASE_URL',
      'CLOUD_MONITORING',
      'FIRST_ADMIN_UID',
      'KNOWN_MODELS',
      'MONITORING_BASE_URL',
      'PUBLIC_URL',
      'REPORTING_TIME_ZONES',
      'ROLLUP_VERSIONS',
      'RUNBOOK_BASE_URL',
      'SIGNED_URL_TTL_SEC',
      'VERTEX_BASE_URL',
      'VERTEX_LOCATION',
      'VIDEO_BUCKET',
      'VIDEO_RETENTION_DAYS',
      'WAREHOUSE_DATASET',
      'WAREHOUSE_MAX_BYTES_BILLED',
      'WEBHOOK_ALLOW_PRIVATE',
    ];
    const asked = params.filter(({ type }) => type !== 'secret');
    assert.deepEqual(asked.map(({ name }) => name).sort(), names);
    const example = await readFile(join(functionsDir, '.env.example'), 'utf8');
    const explained = [...example.matchAll(/^# .+\n([A-Z_]+)=/gm)].map((match) => match[1]);
    assert.deepEqual(explained.sort(), names);
  });

  it('gives the secret of the channels to those that send, plan or name them, and to no other', async () => {
    const secrets = params.filter(({ type }) => type === 'secret').map(({ name }) => name);
    assert.deepEqual(secrets, ['ALERT_CHANNELS']);
    const holders = Object.entries(endpoints).filter(([, { secretEnvironmentVariables: held = [] }]) =>
      (held as { key: string }[]).some(({ key }) => key === 'ALERT_CHANNELS'),
    );
    assert.deepEqual(holders.map(([name]) => name).sort(), [
      'api',
      'deliverNotification',
      'escalateAlert',
      'evaluateAlerts',
    ]);
  });
});
