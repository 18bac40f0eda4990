import assert from 'node:assert/strict';
import { deleteApp, initializeApp } from 'firebase-admin/app';
import { getFunctions, type TaskQueue } from 'firebase-admin/functions';
import { MovableClock } from '../../clock.ts';
import { type FixtureHost, json, PROJECT, START_MS, startFixture } from './fixture-host.ts';
import { type StubFirestore, startStubFirestore } from './stub-firestore.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

describe('host: the clock', () => {
  let fixture: FixtureHost;
  let firestore: StubFirestore;
  let work: TaskQueue<unknown>;
  let closeApp: () => Promise<void>;

  beforeEach(async () => {
    firestore = await startStubFirestore();
    fixture = await startFixture({ firestoreHost: firestore.hostPort, clockPeers: [`http://${firestore.hostPort}`] });
    const app = initializeApp({ projectId: PROJECT }, `clock-${fixture.host.port}`);
    work = getFunctions(app).taskQueue('work');
    closeApp = () => deleteApp(app);
    firestore.asked.length = 0;
  });
  afterEach(async () => {
    await closeApp();
    await fixture.stop();
    await firestore.stop();
  });

  const enqueueAt = (ms: number, data: object = {}) => work.enqueue(data, { scheduleTime: new Date(ms) });
  const post = async (body: unknown) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const answer = await fetch(`${fixture.host.url}/__local/clock`, { method: 'POST', body: text });
    return { status: answer.status, ...(await json(answer)) };
  };

  it('runs tasks and schedules in order, each at its own time', async () => {
    await enqueueAt(START_MS + 90 * MINUTE_MS, { n: 'b' });
    await enqueueAt(START_MS + 10 * MINUTE_MS, { n: 'a' });
    const { status, ran, nowMs, running } = await post({ advanceMs: 2 * HOUR_MS });
    assert.deepEqual([status, ran, nowMs, running], [200, { tasks: 2, schedules: 2 }, START_MS + 2 * HOUR_MS, false]);
    assert.deepEqual(
      fixture.ran().map((entry) => [new Date(Number(entry.atMs)).toISOString(), 'work' in entry ? 'task' : 'schedule']),
      [
        ['2026-03-10T12:10:30.000Z', 'task'],
        ['2026-03-10T13:00:00.000Z', 'schedule'],
        ['2026-03-10T13:30:30.000Z', 'task'],
        ['2026-03-10T14:00:00.000Z', 'schedule'],
      ],
    );
  });

  it('tells the neighbours the time before it runs what is due', async () => {
    await enqueueAt(START_MS + MINUTE_MS);
    await fixture.host.advanceBy(2 * MINUTE_MS);
    const told = firestore.asked.filter((line) => line.includes('clock'));
    const states = [MINUTE_MS, 2 * MINUTE_MS].map((ms) => JSON.stringify({ nowMs: START_MS + ms, running: false }));
    assert.deepEqual(
      told.sort(),
      states.flatMap((state) => [`POST /__clock ${state}`, `POST /__firestore/clock ${state}`]).sort(),
    );
  });

  it('asks Firestore only when something ran, waits for its triggers, and stops at their retries', async () => {
    const retryMs = START_MS + 10_000;
    firestore.triggers = { pending: 1, inFlight: 0, nextDueMs: retryMs };
    firestore.onSettle = () => {
      assert.equal(fixture.clock.now(), retryMs);
      firestore.triggers = { pending: 0, inFlight: 0, nextDueMs: null };
    };
    await fixture.host.advanceBy(20_000);
    assert.deepEqual(
      firestore.asked.filter((line) => !line.includes('clock')),
      [
        'GET /__firestore/triggers',
        'GET /__firestore/triggers',
        'POST /__firestore/triggers/settle {}',
        'GET /__firestore/triggers',
      ],
    );
  });

  it('settles what triggers cause before time goes on', async () => {
    firestore.triggers = { pending: 1, inFlight: 1, nextDueMs: START_MS };
    firestore.onSettle = async () => {
      firestore.triggers = { pending: 0, inFlight: 0, nextDueMs: null };
      await enqueueAt(START_MS, { by: 'a trigger' });
    };
    await fixture.host.advanceBy(HOUR_MS);
    assert.deepEqual(
      fixture.ran().map(({ atMs }) => Number(atMs)),
      [START_MS, START_MS + 59.5 * MINUTE_MS],
    );
  });

  it('moves to an instant, in milliseconds or ISO 8601, and never back', async () => {
    assert.equal((await post({ advanceTo: '2026-03-10T12:00:31Z' })).nowMs, START_MS + 1000);
    assert.equal((await post({ advanceTo: START_MS + 2000 })).now, '2026-03-10T12:00:32.000Z');
    const refused = [
      { advanceTo: START_MS },
      { advanceMs: -1 },
      { advanceMs: 'soon' },
      { advanceTo: 'soon' },
      '{',
      '[1',
    ];
    for (const body of refused) assert.equal((await post(body)).status, 400);
    const state = await json(await fetch(`${fixture.host.url}/__local/clock`));
    assert.deepEqual(state, { nowMs: START_MS + 2000, now: '2026-03-10T12:00:32.000Z', running: false });
  });

  it('makes one move at a time', async () => {
    const moves = await Promise.all([1, 2, 3].map(() => fixture.host.advanceBy(HOUR_MS)));
    assert.deepEqual(
      moves.map(({ nowMs }) => (nowMs - START_MS) / HOUR_MS),
      [1, 2, 3],
    );
    assert.deepEqual(
      moves.map(({ ran }) => ran.schedules),
      [1, 1, 1],
    );
  });

  it('can be let run and stopped again, and runs on after a move', async () => {
    assert.equal((await post({ running: true })).running, true);
    const { nowMs, running } = await post({ advanceMs: 10_000 });
    assert.ok(nowMs >= START_MS + 10_000 && nowMs < START_MS + 15_000);
    assert.equal(running, true);
    assert.equal((await post({ running: false })).running, false);
    const told = firestore.asked.filter((line) => line.startsWith('POST /__firestore/clock'));
    assert.match(told.at(-1) ?? '', /"running":false/);
  });

  it('answers 502 when a neighbour does not follow', async () => {
    firestore.failWith = 503;
    const { status, error } = await post({ advanceMs: 1 });
    assert.equal(status, 502);
    assert.match(error, /__clock|__firestore/);
    firestore.failWith = undefined;
    assert.equal((await post({ advanceMs: 1 })).status, 200);
  });

  it('drains tasks as far as it is allowed to, with the schedules in between', async () => {
    await enqueueAt(START_MS + HOUR_MS);
    await enqueueAt(START_MS + 3 * HOUR_MS);
    const { ran, nowMs } = await fixture.host.drainTasks(2 * HOUR_MS);
    assert.deepEqual([ran, nowMs], [{ tasks: 1, schedules: 1 }, START_MS + HOUR_MS]);
  });

  it('moves over days of ticks at a low price a step', async () => {
    const tasks = 200;
    for (let n = 0; n < tasks; n++) await enqueueAt(START_MS + 1 + n * 7 * MINUTE_MS);
    const begun = performance.now();
    const { ran } = await fixture.host.advanceBy(24 * HOUR_MS);
    const steps = ran.tasks + ran.schedules;
    const msPerStep = (performance.now() - begun) / steps;
    assert.deepEqual(ran, { tasks, schedules: 24 + 2 + 3 });
    assert.ok(msPerStep < 20, `${msPerStep} ms a step`);
  });
});

describe('host: the control API towards other processes', () => {
  let fixture: FixtureHost;
  let stub: StubFirestore;
  before(async () => {
    stub = await startStubFirestore();
    const vendorsUrl = `http://${stub.hostPort}`;
    fixture = await startFixture({ firestoreHost: stub.hostPort, vendorsUrl });
  });
  after(async () => {
    await fixture.stop();
    await stub.stop();
  });

  const rows = [
    { method: 'POST', path: '/vendors/veo/script', reaches: '/__vendors/veo/script', body: '{"a":1}' },
    { method: 'DELETE', path: '/vendors/veo/script', reaches: '/__vendors/veo/script', body: '' },
    { method: 'GET', path: '/inbox?limit=5', reaches: '/__vendors/inbox?limit=5', body: '' },
    { method: 'POST', path: '/firestore/reset', reaches: '/__firestore/reset', body: '' },
    { method: 'GET', path: '/firestore/usage', reaches: '/__firestore/usage', body: '' },
    { method: 'POST', path: '/firestore/usage/reset', reaches: '/__firestore/usage/reset', body: '' },
    {
      method: 'POST',
      path: '/firestore/triggers/chaos',
      reaches: '/__firestore/triggers/chaos',
      body: '{"shuffle":true}',
    },
  ];
  for (const { method, path, reaches, body } of rows) {
    it(`passes ${method} ${path} on`, async () => {
      stub.asked.length = 0;
      const answer = await fetch(`${fixture.host.url}/__local${path}`, { method, ...(body && { body }) });
      assert.deepEqual([answer.status, await json(answer)], [200, {}]);
      assert.deepEqual(stub.asked, [`${method} ${reaches} ${body}`.trim()]);
    });
  }

  it('answers 404 for what it does not have, and 501 for a process that is not there', async () => {
    assert.equal((await fetch(`${fixture.host.url}/__local/nothing`)).status, 404);
    await fixture.stop();
    fixture = await startFixture({ clock: new MovableClock({ startAtMs: START_MS, running: false }) });
    assert.equal((await fetch(`${fixture.host.url}/__local/inbox`)).status, 501);
  });
});
