import assert from 'node:assert/strict';
import { deleteApp, initializeApp } from 'firebase-admin/app';
import { type Firestore, getFirestore } from 'firebase-admin/firestore';
import { PLENTY } from '../../../local/stack/plenty.ts';
import { type Processes, startProcesses } from '../../../local/stack/processes.ts';
import { PROJECT_ID } from '../../../local/stack/project.ts';
import { type Client, clientFor, NOON, script, send } from './harness.ts';

const ALL_ONCE = ['generation.requested', 'generation.submitted', 'generation.succeeded'];

describe('the host killed at each step of a generation', function () {
  this.timeout(60_000);
  let stack: Processes;
  let ann: Client;
  let db: Firestore;

  before(async () => {
    stack = await startProcesses({ clock: { nowMs: NOON, running: false } });
    ann = await clientFor(stack, 'ann');
    Object.assign(process.env, { FIRESTORE_EMULATOR_HOST: stack.firestoreHost, METADATA_SERVER_DETECTION: 'none' });
    db = getFirestore(initializeApp({ projectId: PROJECT_ID }, 'kill-test'));
    await db.doc('settings/current').set(PLENTY);
  });
  after(async () => {
    await deleteApp((await import('firebase-admin/app')).getApp('kill-test'));
    delete process.env.FIRESTORE_EMULATOR_HOST;
    await stack?.stop();
  });

  const control = (path: string, body: object = {}) => send(`${stack.url}/__local${path}`, 'POST', body);
  const queue = (name: string, verb: 'pause' | 'resume') =>
    send(`${stack.url}/v2/projects/${PROJECT_ID}/locations/us-central1/queues/${name}:${verb}`, 'POST', {});
  const stateOf = async (id: string) => (await db.doc(`generations/${id}`).get()).get('state');
  const crash = async () => {
    await stack.killHost();
    await stack.restartHost();
  };

  /** Polls, in real time, for something that another process is about to do. */
  async function eventually(what: string, holds: () => Promise<boolean>): Promise<void> {
    for (let tries = 0; tries < 400; tries++) {
      if (await holds()) return;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    assert.fail(`never came about: ${what}`);
  }

  /** Waits until the provider has the submit of this prompt in hand. */
  const beingAsked = (prompt: string) =>
    eventually('the provider is asked', async () => {
      const { rules } = (await send(`${stack.vendorsUrl}/__vendors/veo/script`)).body;
      return rules.some((entry: { rule: { match?: { prompt?: string } }; matched: number }) => {
        return entry.rule.match?.prompt === prompt && entry.matched === 1;
      });
    });

  /** Lets everything run to its end, the sweeper included, and asserts that the generation ended once. */
  async function endsOnce(id: string, attempts: number, types = ALL_ONCE): Promise<void> {
    for (let minutes = 0; minutes < 90 && (await stateOf(id)) !== 'succeeded'; minutes += 5) {
      assert.equal((await control('/clock', { advanceMs: 300_000 })).status, 200);
    }
    await control('/clock', { advanceMs: 60_000 });
    const view = await ann.generation(id);
    assert.equal(view.state, 'succeeded');
    assert.equal(view.attempts, attempts);
    assert.equal(view.outputs.length, 1);
    const all = await db.collection('analytics_events').get();
    const mine = all.docs.filter((doc) => doc.id.startsWith(`${id}.`));
    const told = mine.map((doc) => ({ seq: Number(doc.id.split('.')[1]), type: doc.get('type') as string }));
    assert.deepEqual(
      told.sort((a, b) => a.seq - b.seq).map((event) => event.type),
      types,
    );
    const metrics = await db.doc(`video_generation_metrics/${id}`).get();
    assert.equal(metrics.get('outcome'), 'succeeded');
    assert.equal(metrics.get('seq'), told.at(-1)?.seq);
  }

  it('while the request is being taken in: the repeated request finds it or makes it', async () => {
    const body = { model: 'veo-3.1-fast-generate-001', prompt: 'admission', durationSec: 4 };
    const ask = () => ann.call('POST', '/generations', body, { 'Idempotency-Key': 'admission-1' });
    const lost = ask().catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 15));
    await crash();
    await lost;
    const { status, body: view } = await ask();
    assert.equal(status, 202);
    const found = await db.collection('generations').where('uid', '==', 'ann').get();
    assert.equal(found.size, 1);
    await endsOnce(view.id, 1);
  });

  it('in the queue', async () => {
    await queue('dispatchGeneration', 'pause');
    const id = await ann.generate({ prompt: 'queued' });
    await crash();
    assert.equal(await stateOf(id), 'queued');
    await queue('dispatchGeneration', 'resume');
    await endsOnce(id, 1);
  });

  it('while the provider is being asked, which then takes the job: its video is found, nothing is asked for twice', async () => {
    await script(stack, { match: { prompt: 'asking' }, submit: { hangMs: 5_000 }, renderMs: 20_000 });
    const id = await ann.generate({ prompt: 'asking' });
    await beingAsked('asking');
    assert.equal(await stateOf(id), 'submitting');
    await crash();
    await endsOnce(id, 1, ['generation.requested', 'generation.succeeded']);
    const { jobs } = (await send(`${stack.vendorsUrl}/__vendors/veo/jobs`)).body;
    assert.equal(jobs.filter((job: { prompt: string }) => job.prompt === 'asking').length, 1);
  });

  it('while the provider is being asked, which never takes the job: it is asked once more', async () => {
    await script(stack, { match: { prompt: 'lost' }, submit: { hangMs: 5_000, drop: 'before' } });
    const id = await ann.generate({ prompt: 'lost' });
    await beingAsked('lost');
    assert.equal(await stateOf(id), 'submitting');
    await crash();
    await endsOnce(id, 2, ['generation.requested', 'generation.retried', ...ALL_ONCE.slice(1)]);
  });

  it('while it renders', async () => {
    const id = await ann.generate({ prompt: 'running' });
    await eventually('running', async () => (await stateOf(id)) === 'running');
    await crash();
    await endsOnce(id, 1);
  });

  it('in the middle of a poll', async () => {
    await script(stack, { match: { prompt: 'polling' }, renderMs: 40_000, polls: [{ hangMs: 3_000 }] });
    const id = await ann.generate({ prompt: 'polling' });
    await eventually('running', async () => (await stateOf(id)) === 'running');
    const moving = control('/clock', { advanceMs: 600_000 }).catch(() => undefined);
    await eventually('a poll at the provider', async () => {
      const { jobs } = (await send(`${stack.vendorsUrl}/__vendors/veo/jobs`)).body;
      return jobs.some((job: { prompt: string; polls: number }) => job.prompt === 'polling' && job.polls === 1);
    });
    await crash();
    await moving;
    await endsOnce(id, 1);
  });

  it('before the video is stored', async () => {
    await queue('settleGeneration', 'pause');
    const id = await ann.generate({ prompt: 'storing' });
    await eventually('running', async () => (await stateOf(id)) === 'running');
    for (let i = 0; i < 60 && (await stateOf(id)) !== 'storing'; i++) await control('/clock', { advanceMs: 20_000 });
    assert.equal(await stateOf(id), 'storing');
    await crash();
    await queue('settleGeneration', 'resume');
    await endsOnce(id, 1);
  });

  it('again and again at any moment, with ten under way', async () => {
    await script(stack, { match: { promptIncludes: 'any moment' }, renderMs: 50_000 });
    const ids = await Promise.all(Array.from({ length: 10 }, (_, i) => ann.generate({ prompt: `any moment ${i}` })));
    for (const waitMs of [0, 15, 40, 60, 90, 130]) {
      const moving = control('/clock', { advanceMs: 60_000 }).catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, waitMs));
      await crash();
      await moving;
    }
    for (let minutes = 0; minutes < 60; minutes += 10) await control('/clock', { advanceMs: 600_000 });
    const all = await db.collection('analytics_events').get();
    for (const id of ids) {
      assert.equal(await stateOf(id), 'succeeded', id);
      const types = all.docs.filter((doc) => doc.id.startsWith(`${id}.`)).map((doc) => doc.get('type') as string);
      assert.equal(types.filter((type) => type === 'generation.requested').length, 1);
      assert.equal(types.filter((type) => type === 'generation.succeeded').length, 1);
      assert.equal((await ann.generation(id)).outputs.length, 1);
      assert.equal((await db.doc(`video_generation_metrics/${id}`).get()).get('outcome'), 'succeeded');
    }
  });
});
