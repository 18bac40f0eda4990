import assert from 'node:assert/strict';
import { deleteApp, initializeApp } from 'firebase-admin/app';
import { type Firestore, getFirestore } from 'firebase-admin/firestore';
import { PLENTY } from '../../../local/stack/plenty.ts';
import { type Processes, startProcesses } from '../../../local/stack/processes.ts';
import { PROJECT_ID } from '../../../local/stack/project.ts';
import { type Client, clientFor, NOON, script, send } from './harness.ts';

const MINUTE = 60_000;
const QUIET = { onLogLine: () => undefined, onErrorLine: () => undefined };
const DAY = 24 * 60 * MINUTE;

describe('a functions host that is away', function () {
  this.timeout(60_000);
  let stack: Processes;
  let ann: Client;
  let db: Firestore;

  beforeEach(async () => {
    stack = await startProcesses({ clock: { nowMs: NOON, running: false }, ...QUIET });
    ann = await clientFor(stack, 'ann');
    Object.assign(process.env, { FIRESTORE_EMULATOR_HOST: stack.firestoreHost, METADATA_SERVER_DETECTION: 'none' });
    db = getFirestore(initializeApp({ projectId: PROJECT_ID }, 'host-down-test'));
    await db.doc('settings/current').set(PLENTY);
  });
  afterEach(async () => {
    await deleteApp((await import('firebase-admin/app')).getApp('host-down-test'));
    delete process.env.FIRESTORE_EMULATOR_HOST;
    await stack?.stop();
  });

  const advance = async (advanceMs: number) =>
    assert.equal((await send(`${stack.url}/__local/clock`, 'POST', { advanceMs })).status, 200);
  const tell = async (queue: string, verb: 'pause' | 'resume' | 'purge') => {
    const name = `projects/${PROJECT_ID}/locations/us-central1/queues/${queue}`;
    assert.equal((await send(`${stack.url}/v2/${name}:${verb}`, 'POST', {})).status, 200);
  };
  const generation = async (id: string) => (await db.doc(`generations/${id}`).get()).data() ?? {};
  const jobsFor = async (prompt: string): Promise<number> => {
    const { jobs } = (await send(`${stack.vendorsUrl}/__vendors/veo/jobs`)).body;
    return jobs.filter((job: { prompt: string }) => job.prompt === prompt).length;
  };
  const told = async (id: string) => {
    const { docs } = await db.collection('analytics_events').get();
    const mine = docs.filter((doc) => doc.id.startsWith(`${id}.`));
    return mine.map((doc) => doc.get('type').replace('generation.', '')).sort();
  };

  /** Waits, in real time, until a generation has come so far. */
  async function untilIn(id: string, state: string): Promise<void> {
    for (let tries = 0; tries < 400; tries++) {
      if ((await generation(id)).state === state) return;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    assert.fail(`never ${state}`);
  }

  /** A generation whose submit the provider has in hand, and keeps. */
  async function submitting(prompt: string, rule: object): Promise<string> {
    await script(stack, { match: { prompt }, renderMs: 20_000, ...rule });
    const id = await ann.generate({ prompt });
    await untilIn(id, 'submitting');
    for (let tries = 0; tries < 400; tries++) {
      const { rules } = (await send(`${stack.vendorsUrl}/__vendors/veo/script`)).body;
      const seen = (entry: { rule: { match?: { prompt?: string } }; matched: number }) =>
        entry.rule.match?.prompt === prompt && entry.matched === 1;
      if (rules.some(seen)) return id;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    assert.fail('the provider is not asked');
  }

  /** Lets time pass for all that Google and the vendors run while our host is away. */
  async function pass(ms: number): Promise<void> {
    const { nowMs } = (await send(`http://${stack.firestoreHost}/__firestore/clock`)).body;
    const clock = { nowMs: nowMs + ms, running: false };
    for (const url of [
      `${stack.vendorsUrl}/__clock`,
      `${stack.storageUrl}/__clock`,
      `http://${stack.firestoreHost}/__firestore/clock`,
    ]) {
      assert.equal((await send(url, 'POST', clock)).status, 200);
    }
  }

  it('for a day, with work at every step: all of it is finished afterwards, once', async () => {
    await script(stack, { match: { promptIncludes: 'running' }, renderMs: 10 * MINUTE });
    await script(stack, { match: { prompt: 'waiting' }, submit: { status: 429, retryAfterSec: 600 } });
    await tell('settleGeneration', 'pause');
    const storing = await ann.generate({ prompt: 'storing' });
    await untilIn(storing, 'running');
    for (let n = 0; n < 60 && (await generation(storing)).state !== 'storing'; n++) await advance(20_000);
    const running = await ann.generate({ prompt: 'running' });
    await untilIn(running, 'running');
    const waiting = await ann.generate({ prompt: 'waiting' });
    for (let tries = 0; tries < 400 && !(await generation(waiting)).notBefore; tries++) await advance(0);
    const taken = await submitting('taken', { submit: { hangMs: 5_000 } });
    const refused = await submitting('refused', { submit: { hangMs: 5_000, drop: 'before' } });
    await tell('dispatchGeneration', 'pause');
    const queued = await ann.generate({ prompt: 'queued' });
    const states = { storing, running, waiting, taken, refused, queued };
    const before = Object.entries(states).map(async ([prompt, id]) => [prompt, (await generation(id)).state]);
    assert.deepEqual(Object.fromEntries(await Promise.all(before)), {
      ...{ storing: 'storing', running: 'running', waiting: 'queued' },
      ...{ taken: 'submitting', refused: 'submitting', queued: 'queued' },
    });

    await stack.killHost();
    await pass(DAY);
    await stack.restartHost();
    for (const queue of ['settleGeneration', 'dispatchGeneration']) await tell(queue, 'resume');
    await advance(60 * MINUTE);
    for (const [prompt, id] of Object.entries(states)) {
      const { state, attempts, outputs } = await generation(id);
      const again = prompt === 'waiting' || prompt === 'refused';
      assert.deepEqual([prompt, state, attempts.length, outputs.length], [prompt, 'succeeded', again ? 2 : 1, 1]);
      assert.equal(await jobsFor(prompt), 1, prompt);
      const types = await told(id);
      assert.deepEqual(
        types.filter((type) => type !== 'submitted'),
        ['requested', ...(again ? ['retried'] : []), 'succeeded'],
        prompt,
      );
      assert.equal((await db.doc(`video_generation_metrics/${id}`).get()).get('outcome'), 'succeeded');
    }
    const { availableCredits, heldCredits } = (await db.doc('users/ann').get()).get('balance');
    const ledger = (await db.collection('credit_ledger').get()).docs;
    const available = ledger.reduce((sum, entry) => sum + (entry.get('moves').available ?? 0), 0);
    assert.deepEqual([heldCredits, availableCredits], [0, available]);
  });

  it('and whose tasks are all lost in the middle of a submit: the sweeper finds the video, nothing is asked for twice', async () => {
    const id = await submitting('no task left', { submit: { hangMs: 5_000 } });
    await tell('dispatchGeneration', 'pause');
    await stack.killHost();
    await stack.restartHost();
    await tell('dispatchGeneration', 'purge');
    await tell('dispatchGeneration', 'resume');
    await advance(3 * MINUTE);
    assert.deepEqual([(await generation(id)).state, (await generation(id)).epoch], ['submitting', 1]);
    await advance(30 * MINUTE);
    const { state, epoch, attempts, outputs } = await generation(id);
    assert.deepEqual([state, epoch, attempts.length, outputs.length], ['succeeded', 2, 1, 1]);
    assert.equal(await jobsFor('no task left'), 1);
    assert.deepEqual(await told(id), ['requested', 'succeeded']);
  });
});
