import assert from 'node:assert/strict';
import { CloudTasksClient } from '@google-cloud/tasks';
import { type App, deleteApp, initializeApp } from 'firebase-admin/app';
import { getFunctions, type TaskQueue } from 'firebase-admin/functions';
import { PassThroughClient } from 'google-auth-library';
import { type FixtureHost, json, PROJECT, START_MS, startFixture } from './fixture-host.ts';

const PARENT = `projects/${PROJECT}/locations/us-central1`;
const WORK = `${PARENT}/queues/work`;
const NARROW = `${PARENT}/queues/narrow`;
const SECOND = 1_000;

describe('host: task queues', () => {
  let fixture: FixtureHost;
  let app: App;
  let work: TaskQueue<unknown>;
  let client: CloudTasksClient;

  beforeEach(async () => {
    fixture = await startFixture();
    app = initializeApp({ projectId: PROJECT }, `tasks-${fixture.host.port}`);
    work = getFunctions(app).taskQueue('work');
    client = new CloudTasksClient({
      fallback: true,
      apiEndpoint: '127.0.0.1',
      port: fixture.host.port,
      protocol: 'http',
      projectId: PROJECT,
      // The client types its authClient by another copy of google-auth-library.
      authClient: new PassThroughClient() as never,
    });
  });
  afterEach(async () => {
    await client.close();
    await deleteApp(app);
    await fixture.stop();
  });

  const control = async (path: string, body: object = {}) => {
    const answer = await fetch(`${fixture.host.url}/__local${path}`, { method: 'POST', body: JSON.stringify(body) });
    return { status: answer.status, ...(await json(answer)) };
  };
  const times = (key: string) => fixture.ran(key).map(({ atMs }) => (Number(atMs) - START_MS) / SECOND);
  const body = (data: unknown) => Buffer.from(JSON.stringify({ data })).toString('base64');
  const httpRequest = (data: unknown) => ({
    url: '',
    headers: { 'content-type': 'application/json' },
    body: body(data),
  });

  it('runs what is due now at once, with the headers of Cloud Tasks', async () => {
    await work.enqueue({ n: 1 }, { id: 'one' });
    assert.deepEqual(await fixture.waitForRun('work'), [
      {
        work: { n: 1 },
        id: 'one',
        retryCount: 0,
        executionCount: 0,
        previousResponse: undefined,
        scheduledTime: (START_MS / 1000).toFixed(3),
        caller: 'emulated-service-acct@email.com',
        atMs: START_MS,
      },
    ]);
  });

  it('runs a task an hour away when the clock gets there, not before', async () => {
    await work.enqueue({}, { scheduleTime: new Date(START_MS + 3600 * SECOND) });
    await fixture.host.advanceBy(3600 * SECOND - 1);
    assert.deepEqual(times('work'), []);
    const { ran } = await fixture.host.advanceBy(1);
    assert.equal(ran.tasks, 1);
    assert.deepEqual(times('work'), [3600]);
  });

  it('tries a failed task again: doubling, then linear, with what came before', async () => {
    await work.enqueue({ failures: 9 }, { id: 'failing' });
    await fixture.host.drainTasks();
    const ran = fixture.ran('work');
    assert.deepEqual(
      ran.map(({ atMs }) => (Number(atMs) - START_MS) / SECOND),
      [0, 10, 30, 70, 130],
    );
    assert.deepEqual(
      ran.map(({ retryCount, executionCount }) => [retryCount, executionCount]),
      [
        [0, 0],
        [1, 1],
        [2, 2],
        [3, 3],
        [4, 4],
      ],
    );
    assert.equal(ran[1]?.previousResponse, 500);
    assert.equal(ran[1]?.scheduledTime, (START_MS / 1000 + 10).toFixed(3));
    const [left] = await client.listTasks({ parent: WORK });
    assert.deepEqual(left, []);
  });

  it('stops trying once a task succeeds', async () => {
    await work.enqueue({ failures: 2 });
    await fixture.host.drainTasks();
    assert.deepEqual(times('work'), [0, 10, 30]);
  });

  it('refuses an id that is in use, and for an hour after the task has ended or was deleted', async () => {
    const exists = { code: 'functions/task-already-exists' };
    const later = { scheduleTime: new Date(START_MS + 600 * SECOND) };
    await work.enqueue({}, { id: 'ends', ...later });
    await work.enqueue({}, { id: 'deleted', ...later });
    await assert.rejects(work.enqueue({}, { id: 'ends' }), exists);
    await work.delete('deleted');
    await work.delete('never-there');
    await assert.rejects(work.enqueue({}, { id: 'deleted' }), exists);
    await fixture.host.advanceBy(600 * SECOND);
    assert.deepEqual(times('work'), [600]);
    await assert.rejects(work.enqueue({}, { id: 'ends' }), exists);
    await fixture.host.advanceBy(3599 * SECOND);
    await assert.rejects(work.enqueue({}, { id: 'ends' }), exists);
    await work.enqueue({}, { id: 'deleted' });
    await fixture.host.advanceBy(SECOND);
    await work.enqueue({}, { id: 'ends' });
    await fixture.host.settle();
    assert.deepEqual(times('work'), [4199, 4200]);
  });

  it('keeps to the rate and to one at a time', async () => {
    const narrow = getFunctions(app).taskQueue('narrow');
    const scheduleTime = new Date(START_MS + SECOND);
    for (let n = 0; n < 5; n++) await narrow.enqueue({ n }, { scheduleTime });
    await fixture.host.drainTasks();
    const ran = fixture.ran('narrow');
    assert.deepEqual(
      ran.filter(({ phase }) => phase === 'begin').map(({ atMs }) => Number(atMs) - START_MS),
      [1000, 1000, 1500, 2000, 2500],
    );
    assert.deepEqual(
      ran.map(({ phase }) => phase),
      Array(5).fill(['begin', 'end']).flat(),
    );
  });

  it('delivers everything twice when told to', async () => {
    assert.deepEqual(await control('/tasks/chaos', { duplicate: true }), { status: 200, duplicate: true });
    await work.enqueue({ n: 1 });
    await work.enqueue({ n: 2 });
    await fixture.host.settle();
    const ran = fixture.ran('work').map((entry) => (entry.work as { n: number }).n);
    assert.deepEqual(ran.sort(), [1, 1, 2, 2]);
  });

  describe('through @google-cloud/tasks', () => {
    it('creates, reads, lists in pages and deletes tasks', async () => {
      const scheduleTime = { seconds: START_MS / 1000 + 60 };
      for (const id of ['a', 'b', 'c']) {
        await client.createTask({
          parent: WORK,
          task: { name: `${WORK}/tasks/${id}`, scheduleTime, httpRequest: httpRequest({ id }) },
        });
      }
      const [task] = await client.getTask({ name: `${WORK}/tasks/b`, responseView: 'FULL' });
      assert.equal(task.httpRequest?.httpMethod, 'POST');
      assert.equal(task.view, 'FULL');
      assert.equal(Number(task.scheduleTime?.seconds), START_MS / 1000 + 60);
      assert.deepEqual(JSON.parse(String(task.httpRequest?.body)), { data: { id: 'b' } });
      const [page, , { nextPageToken }] = await client.listTasks(
        { parent: WORK, pageSize: 2 },
        { autoPaginate: false },
      );
      assert.deepEqual(
        page.map(({ name }) => name),
        [`${WORK}/tasks/a`, `${WORK}/tasks/b`],
      );
      assert.notEqual(nextPageToken, '');
      const [all] = await client.listTasks({ parent: WORK });
      assert.deepEqual(
        all.map(({ name }) => name?.at(-1)),
        ['a', 'b', 'c'],
      );
      await client.deleteTask({ name: `${WORK}/tasks/b` });
      await assert.rejects(client.getTask({ name: `${WORK}/tasks/b` }), { code: 5 });
      await fixture.host.advanceBy(60 * SECOND);
      assert.deepEqual(
        fixture.ran('work').map(({ id }) => id),
        ['a', 'c'],
      );
    });

    it('shows the queues with their limits', async () => {
      const [queues] = await client.listQueues({ parent: PARENT });
      assert.deepEqual(queues.map(({ name }) => name).sort(), [NARROW, WORK]);
      const [queue] = await client.getQueue({ name: NARROW });
      assert.equal(queue.state, 'RUNNING');
      assert.deepEqual(
        [
          queue.rateLimits?.maxDispatchesPerSecond,
          queue.rateLimits?.maxConcurrentDispatches,
          queue.retryConfig?.maxAttempts,
        ],
        [2, 1, 3],
      );
      assert.deepEqual(
        [Number(queue.retryConfig?.minBackoff?.seconds), queue.retryConfig?.minBackoff?.nanos],
        [0, 100_000_000],
      );
    });

    it('holds a paused queue, and lets go when it is resumed', async () => {
      const [paused] = await client.pauseQueue({ name: WORK });
      assert.equal(paused.state, 'PAUSED');
      await work.enqueue({ n: 1 });
      await fixture.host.advanceBy(60 * SECOND);
      assert.deepEqual(fixture.ran('work'), []);
      const [resumed] = await client.resumeQueue({ name: WORK });
      assert.equal(resumed.state, 'RUNNING');
      await fixture.host.settle();
      assert.deepEqual(times('work'), [60]);
    });

    it('purges a queue', async () => {
      await work.enqueue({}, { id: 'x', scheduleTime: new Date(START_MS + SECOND) });
      const [purged] = await client.purgeQueue({ name: WORK });
      assert.equal(Number(purged.purgeTime?.seconds), START_MS / 1000);
      await fixture.host.advanceBy(60 * SECOND);
      assert.deepEqual(fixture.ran('work'), []);
      await assert.rejects(work.enqueue({}, { id: 'x' }), { code: 'functions/task-already-exists' });
    });

    it('sends a task to the URL of a function in the cloud', async () => {
      const url = `https://us-central1-${PROJECT}.cloudfunctions.net/work`;
      await client.createTask({ parent: NARROW, task: { httpRequest: { ...httpRequest({ via: 'url' }), url } } });
      await fixture.host.settle();
      assert.deepEqual(
        fixture.ran('work').map((entry) => entry.work),
        [{ via: 'url' }],
      );
    });

    const refused = [
      { name: 'a schedule over 30 days away', task: { scheduleTime: { seconds: START_MS / 1000 + 30 * 86_400 + 1 } } },
      {
        name: 'a body over 1 MiB',
        task: { httpRequest: { url: '', body: Buffer.alloc(2 ** 20 + 1).toString('base64') } },
      },
      { name: 'a deadline under 15 s', task: { dispatchDeadline: { seconds: 14 } } },
      { name: 'a name of another queue', task: { name: `${NARROW}/tasks/x` } },
      { name: 'an id with a slash', task: { name: `${WORK}/tasks/x/y` } },
      { name: 'a URL outside', task: { httpRequest: { url: 'https://example.com/' } } },
    ];
    for (const { name, task } of refused) {
      it(`refuses ${name}`, async () => {
        const create = client.createTask({ parent: WORK, task: { httpRequest: httpRequest({}), ...task } });
        await assert.rejects(create, { code: 3 });
      });
    }

    it('does not know queues without a function', async () => {
      await assert.rejects(client.getQueue({ name: `${PARENT}/queues/none` }), { code: 5 });
      await assert.rejects(getFunctions(app).taskQueue('none').enqueue({}), /Queue does not exist|not-found/);
    });
  });

  it('shows the queues through the control API', async () => {
    await work.enqueue({ n: 1 }, { id: 'later', scheduleTime: new Date(START_MS + 9 * SECOND) });
    const { queues } = await json(await fetch(`${fixture.host.url}/__local/tasks`));
    const shown = queues.find(({ name }: { name: string }) => name === WORK);
    assert.deepEqual(
      { ...shown, tasks: shown.tasks.length },
      {
        name: WORK,
        paused: false,
        inFlight: 0,
        depth: 1,
        nextDue: new Date(START_MS + 9 * SECOND).toISOString(),
        tasks: 1,
      },
    );
    const drained = await control('/tasks/drain', { maxAdvanceMs: 8 * SECOND });
    assert.deepEqual([drained.status, drained.ran.tasks, drained.left], [200, 0, 1]);
    assert.deepEqual((await control('/tasks/drain')).left, 0);
  });
});
