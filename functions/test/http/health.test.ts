import assert from 'node:assert/strict';
import type { Stack } from '../../../local/stack/in-process.ts';
import {
  type Answer,
  capturedLogs,
  clientFor,
  database,
  frozenStack,
  type Logs,
  NOON,
  placeOf,
  send,
} from '../stack/harness.ts';
import { startWire, type Wire } from './wire.ts';

type Dependency = 'firestore' | 'storage' | 'vertex' | 'tasks';

/** A stack whose functions reach what they depend on over wires that can be cut. */
interface Wired {
  stack: Stack;
  wires: Record<Dependency, Wire>;
  stop(): Promise<void>;
}

async function wiredStack(): Promise<Wired> {
  const [firestore, storage, vertex, tasks] = [
    await startWire(),
    await startWire(),
    await startWire(),
    await startWire(),
  ];
  const wires = { firestore, storage, vertex, tasks };
  const stack = await frozenStack({
    env: {
      FIRESTORE_EMULATOR_HOST: firestore.host,
      STORAGE_EMULATOR_HOST: storage.url,
      VERTEX_BASE_URL: vertex.url,
      CLOUD_TASKS_EMULATOR_HOST: tasks.host,
    },
  });
  firestore.leadTo(stack.cloud.firestore.port);
  storage.leadTo(stack.cloud.storage.port);
  vertex.leadTo(Number(new URL(stack.vendors.url).port));
  tasks.leadTo(stack.host.port);
  return {
    ...{ stack, wires },
    stop: async () => {
      for (const wire of Object.values(wires)) wire.become('whole');
      await stack.stop();
      for (const wire of Object.values(wires)) await wire.stop();
    },
  };
}

const stagesOf = ({ body }: Answer): Record<string, string> =>
  Object.fromEntries(body.stages.map((stage: { name: string; status: string }) => [stage.name, stage.status]));

const ALL_WELL = {
  admission: 'healthy',
  dispatch: 'healthy',
  render: 'healthy',
  store: 'healthy',
  recovery: 'healthy',
};

describe('health', () => {
  let logs: Logs;
  let wired: Wired;

  before(() => {
    logs = capturedLogs();
  });
  after(() => logs.restore());
  // A new one each time: what a probe found is used again for 10 s.
  beforeEach(async function () {
    this.timeout(30_000);
    wired = await wiredStack();
  });
  afterEach(() => wired?.stop());

  const health = (path = '/api/v1/health') => send(`${wired.stack.url}${path}`);
  const services = async () => {
    const al = await clientFor(placeOf(wired.stack), 'al', { role: 'analyst' });
    return (await al.call('GET', '/health/services')).body.services;
  };

  it('all stages are healthy once the sweeper has run, at both addresses, for anybody', async () => {
    assert.equal(await wired.stack.host.runSchedule('sweepGenerations'), 200);
    wired.stack.cloud.firestore.resetUsage();
    const paths = ['/api/v1/health', '/api/health'];
    const answers = await Promise.all([...paths, ...paths, ...paths].map(health));
    assert.equal(wired.stack.cloud.firestore.usage().total.reads, 2, 'asked often, probed once');
    for (const answer of answers) {
      assert.equal(answer.status, 200);
      assert.equal(answer.headers.get('cache-control'), 'no-store');
      assert.deepEqual(stagesOf(answer), ALL_WELL);
      const { stages: _stages, version, ...rest } = answer.body;
      assert.match(version, /^\d+\.\d+\.\d+$/);
      assert.deepEqual(rest, {
        status: 'healthy',
        service: 'dailies',
        pipeline: 'video-generation',
        features: {
          multilingual: false,
          document_parsing: false,
          youtube_parsing: false,
          programmatic_api: true,
          state_persistence: true,
          auto_resume: true,
          templates: false,
        },
      });
    }
    const seen = await services();
    assert.deepEqual(Object.keys(seen).sort(), [
      'firestore',
      'provider:vertex-long-running',
      'storage',
      'sweeper',
      'tasks',
    ]);
    for (const { ok, latencyMs, checkedAt, lastError } of Object.values(seen) as Record<string, unknown>[]) {
      assert.equal(ok, true);
      assert.ok(Number.isInteger(latencyMs) && Number(latencyMs) >= 0 && Number(latencyMs) < 2_500);
      assert.equal(checkedAt, new Date(NOON).toISOString());
      assert.equal(lastError, undefined);
    }
    assert.deepEqual(seen.sweeper.details, { lastRanAt: new Date(NOON).toISOString() });
    assert.deepEqual(seen.tasks.details, {
      dispatchGeneration: '0 tasks',
      pollGeneration: '0 tasks',
      settleGeneration: '0 tasks',
    });
  });

  it('recovery is not healthy while the sweeper has not run', async () => {
    const answer = await health();
    assert.equal(answer.status, 200);
    assert.equal(answer.body.status, 'degraded');
    assert.deepEqual(stagesOf(answer), { ...ALL_WELL, recovery: 'unhealthy' });
    assert.equal(answer.body.features.auto_resume, false);
    assert.deepEqual((await services()).sweeper.lastError, {
      at: new Date(NOON).toISOString(),
      message: 'has not run yet',
    });
  });

  it('nor when it has missed three runs', async () => {
    const ann = await clientFor(placeOf(wired.stack), 'ann');
    await ann.call('GET', '/generations');
    await (await database()).doc('projection_state/sweeper').set({ ranAt: new Date(NOON - 181_000) });
    assert.deepEqual(stagesOf(await health()), { ...ALL_WELL, recovery: 'unhealthy' });
    assert.equal((await services()).sweeper.lastError.message, 'last ran 181 s ago');
  });

  it('is degraded without storage and vendors, and says since when and why', async () => {
    await wired.stack.host.runSchedule('sweepGenerations');
    wired.wires.storage.become('cut');
    wired.wires.vertex.become('cut');
    const answer = await health();
    assert.equal(answer.status, 200);
    assert.equal(answer.body.status, 'degraded');
    assert.deepEqual(stagesOf(answer), { ...ALL_WELL, render: 'unhealthy', store: 'unhealthy' });
    assert.doesNotMatch(JSON.stringify(answer.body), /127\.0\.0\.1|ECONN|error/i, 'nothing internal for anybody');
    const seen = await services();
    for (const name of ['storage', 'provider:vertex-long-running']) {
      assert.equal(seen[name].ok, false, name);
      assert.equal(seen[name].lastError.at, new Date(NOON).toISOString());
      assert.match(seen[name].lastError.message, /\S/);
    }
    assert.equal(seen.firestore.ok, true);
  });

  it('is degraded without Cloud Tasks: nothing moves on', async () => {
    await wired.stack.host.runSchedule('sweepGenerations');
    wired.wires.tasks.become('cut');
    const answer = await health();
    assert.equal(answer.body.status, 'degraded');
    assert.deepEqual(stagesOf(answer), {
      ...ALL_WELL,
      dispatch: 'unhealthy',
      render: 'unhealthy',
      store: 'unhealthy',
    });
  });

  for (const condition of ['cut', 'silent'] as const) {
    it(`is unhealthy without Firestore, within 3 s: ${condition}`, async () => {
      await wired.stack.host.runSchedule('sweepGenerations');
      wired.wires.firestore.become(condition);
      const startedAtMs = performance.now();
      const answer = await health();
      const tookMs = performance.now() - startedAtMs;
      assert.ok(tookMs < 3_000, `${Math.round(tookMs)} ms`);
      assert.equal(answer.status, 503);
      assert.equal(answer.headers.get('cache-control'), 'no-store');
      assert.equal(answer.body.status, 'unhealthy');
      assert.deepEqual(new Set(Object.values(stagesOf(answer))), new Set(['unhealthy']));
      assert.equal(answer.body.features.state_persistence, false);
      assert.equal(answer.body.features.auto_resume, false);
    });
  }
});
