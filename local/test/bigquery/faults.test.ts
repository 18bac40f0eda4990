import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clientOf, loadRows, PROJECT, type Started, setFaults, startWithClient } from './started.ts';

const TARGET = ['d', 't'] as const;
const WAIT_MS = 30_000;

describe('bigquery: faults', () => {
  let started: Started;
  beforeEach(async () => {
    started = await startWithClient();
    await started.client.createDataset('d');
    await started.client.dataset('d').createTable('t', { schema: 'id:STRING' });
  });
  afterEach(() => started.stop());

  const count = async () => (await started.client.query('SELECT COUNT(*) AS n FROM d.t'))[0][0].n;

  it('is down until it is up again', async () => {
    await started.faults({ down: true });
    await assert.rejects(loadRows(started.client, TARGET, [{ id: 'a' }]), { code: 503 });
    await assert.rejects(started.client.query('SELECT 1'), { code: 503 });
    await started.faults({ down: false });
    assert.equal(await count(), 0);
  });

  it('fails as many load jobs as told, which load nothing', async () => {
    await started.faults({ failLoads: 2, failReason: 'internalError' });
    for (const jobId of ['one', 'two']) {
      const job = await loadRows(started.client, TARGET, [{ id: 'a' }], { jobId });
      assert.equal(job.metadata.status.errorResult.reason, 'internalError');
    }
    await loadRows(started.client, TARGET, [{ id: 'a' }], { jobId: 'three' });
    assert.equal(await count(), 1);
  });

  it('loses an answer whose job goes on: the id is used, the rows are there once', async () => {
    await started.faults({ loseAnswers: 1 });
    await assert.rejects(loadRows(started.client, TARGET, [{ id: 'a' }], { jobId: 'lost' }));
    await assert.rejects(loadRows(started.client, TARGET, [{ id: 'a' }], { jobId: 'lost' }), { code: 409 });
    assert.equal((await started.client.job('lost').getMetadata())[0].status.state, 'DONE');
    assert.equal(await count(), 1);
  });

  it('keeps a slow job waiting on the movable clock', async () => {
    await started.faults({ slowMs: 60_000 });
    const job = await loadRows(started.client, TARGET, [{ id: 'a' }], { jobId: 'slow' });
    assert.equal(job.metadata.status.state, 'PENDING');
    await started.faults({ slowMs: 0 });
    assert.equal(await count(), 0);
    started.clock.moveTo(started.clock.now() + 60_000);
    await until(async () => (await job.getMetadata())[0].status.state === 'DONE');
    assert.equal(await count(), 1);
  });

  it('refuses a fault that there is not', async () => {
    await assert.rejects(setFaults(started.server.url, { slowMs: -1 }), /slowMs is no fault/);
  });
});

describe('bigquery: kept on disk', () => {
  let dataDir: string;
  const children: ChildProcess[] = [];
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'dailies-bigquery-'));
  });
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('has nothing of a load that it was stopped in the middle of', async () => {
    const first = await startWithClient({ dataDir });
    await first.client.createDataset('d');
    await first.client.dataset('d').createTable('t', { schema: 'id:STRING' });
    await first.faults({ stallLoads: true });
    await loadRows(first.client, TARGET, [{ id: 'cut' }], { jobId: 'cut' });
    await first.stop();
    const second = await startWithClient({ dataDir });
    assert.equal((await second.client.job('cut').getMetadata())[0].status.errorResult?.reason, 'backendError');
    assert.deepEqual((await second.client.query('SELECT COUNT(*) AS n FROM d.t'))[0], [{ n: 0 }]);
    await second.stop();
  });

  async function spawned() {
    const main = join(import.meta.dirname, '../../bigquery/main.ts');
    const child = fork(main, [JSON.stringify({ projectId: PROJECT, dataDir })]);
    children.push(child);
    const [message] = (await once(child, 'message')) as [{ ready: { url: string } }];
    return { child, url: message.ready.url };
  }

  it('has nothing of a load that it was killed in the middle of, and the job failed', async () => {
    const first = await spawned();
    const client = clientOf(first.url);
    await client.createDataset('d');
    await client.dataset('d').createTable('t', { schema: 'id:STRING' });
    await loadRows(client, TARGET, [{ id: 'before' }], { jobId: 'whole' });
    await setFaults(first.url, { stallLoads: true });
    const cut = await loadRows(client, TARGET, [{ id: 'cut' }], { jobId: 'cut' });
    assert.equal(cut.metadata.status.state, 'RUNNING');
    await until(
      async () => ((await (await fetch(`${first.url}/__bigquery/faults`)).json()) as { stalled: number }).stalled === 1,
    );
    first.child.kill('SIGKILL');
    await once(first.child, 'exit');

    const again = clientOf((await spawned()).url);
    const [metadata] = await again.job('cut').getMetadata();
    assert.deepEqual([metadata.status.state, metadata.status.errorResult.reason], ['DONE', 'backendError']);
    assert.equal((await again.job('whole').getMetadata())[0].status.errorResult, undefined);
    await assert.rejects(loadRows(again, TARGET, [{ id: 'cut' }], { jobId: 'whole' }), { code: 409 });
    await loadRows(again, TARGET, [{ id: 'cut' }], { jobId: 'cut_2' });
    const [rows] = await again.query('SELECT id FROM d.t ORDER BY id');
    assert.deepEqual(rows, [{ id: 'before' }, { id: 'cut' }]);
    const [table] = await again.dataset('d').table('t').getMetadata();
    assert.equal(table.numRows, '2');
  });
});

async function until(holds: () => Promise<boolean>): Promise<void> {
  const lastMs = performance.now() + WAIT_MS;
  while (!(await holds())) {
    if (performance.now() > lastMs) throw new Error(`not so within ${WAIT_MS} ms`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
