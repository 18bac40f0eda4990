import assert from 'node:assert/strict';
import type { FeaturesList } from 'firebase-functions-test/lib/features.js';
import { MovableClock } from '../../../local/clock.ts';
import { type RunningFirestore, startFirestore } from '../../../local/firestore/index.ts';
import { endFirebaseApps } from '../../../local/stack/firebase-apps.ts';
import { INDEXES_FILE, PROJECT_ID } from '../../../local/stack/project.ts';
import { measure } from '../../src/core/generation/measure.ts';
import type { Generation } from '../../src/core/generation/state.ts';
import { shardOf } from '../../src/core/shard.ts';
import { plainDocument } from '../../src/platform/firestore.ts';
import { queued } from '../core/generation/sample.ts';
import { type Client, clientFor, database, type QuietStack, quietStack, script, send } from './harness.ts';

const OUTCOMES: { state: string; rule: object; stars: number[] }[] = [
  { state: 'succeeded', rule: {}, stars: [] },
  { state: 'succeeded', rule: {}, stars: [3, 5] },
  { state: 'succeeded', rule: { times: 1, outcome: 'no_video' }, stars: [1, 2, 3, 4, 5, 1] },
  { state: 'failed', rule: { submit: { status: 400, message: 'bad field' } }, stars: [] },
  { state: 'blocked', rule: { outcome: 'blocked' }, stars: [] },
  { state: 'expired', rule: { outcome: 'never' }, stars: [] },
];
const ROUNDS = 5;

describe('video_generation_metrics when events come twice and in any order', () => {
  let stack: QuietStack;
  let ann: Client;
  /** What each generation is to come to. */
  const expected = new Map<string, (typeof OUTCOMES)[number]>();
  let cancelled: string;

  before(async function () {
    this.timeout(90_000);
    stack = await quietStack();
    ann = await clientFor(stack, 'ann');
    const chaos = { duplicate: true, shuffle: true, seed: 7 };
    assert.equal((await send(`${stack.url}/__local/firestore/triggers/chaos`, 'POST', chaos)).status, 200);
    for (let round = 0; round < ROUNDS; round++) {
      for (const [i, outcome] of OUTCOMES.entries()) {
        const prompt = `round ${round}, outcome ${i}`;
        await script(stack, { match: { prompt }, ...outcome.rule });
        expected.set(await ann.generate({ prompt, videos: (round % 2) + 1 }), outcome);
      }
    }
    await script(stack, { match: { prompt: 'busy' }, submit: { status: 429, retryAfterSec: 60 } });
    cancelled = await ann.generate({ prompt: 'busy' });
    await stack.host.settle();
    assert.equal((await ann.call('POST', `/generations/${cancelled}/cancel`)).status, 200);
    expected.set(cancelled, { state: 'cancelled', rule: {}, stars: [] });
    await stack.host.drainTasks();
    // All at once, so that many events of one generation are under way together.
    const ratings = [...expected].flatMap(([id, { stars }]) => stars.map((each) => ({ id, stars: each })));
    await Promise.all(
      ratings.map(async ({ id, stars }) => {
        assert.equal((await ann.call('PUT', `/generations/${id}/rating`, { stars })).status, 200);
      }),
    );
    await stack.host.settle();
  });
  after(() => stack?.stop());

  it('says of each generation exactly what measuring its last state says', async () => {
    const firestore = await database();
    const generations = await firestore.collection('generations').get();
    assert.equal(generations.size, expected.size);
    for (const doc of generations.docs) {
      const generation = plainDocument<Generation>(doc.id, doc.data());
      assert.equal(generation.state, expected.get(doc.id)?.state);
      assert.equal(generation.rating !== undefined, expected.get(doc.id)?.stars.length !== 0);
      const stored = (await firestore.doc(`video_generation_metrics/${doc.id}`).get()).data();
      assert.ok(stored, doc.id);
      const { shard, ...facts } = plainDocument<{ id: string; shard: number }>(doc.id, stored);
      assert.equal(shard, shardOf(doc.id));
      assert.deepEqual(facts, { id: doc.id, ...measure(generation) });
    }
    assert.equal((await firestore.collection('video_generation_metrics').get()).size, expected.size);
  });

  it('was written at most once for each end and each change of a rating', () => {
    const changes = [...expected.values()].reduce((sum, { stars }) => sum + 1 + stars.length, 0);
    const { writes = 0 } = stack.cloud.firestore.usage().byCollection.video_generation_metrics ?? {};
    assert.ok(writes >= expected.size && writes <= changes, `${writes} writes for ${changes} changes`);
  });

  it('never failed', () => {
    assert.deepEqual(
      stack.logs.lines.filter(({ severity }) => severity === 'ERROR'),
      [],
    );
  });
});

describe('projectGenerationMetrics, called by firebase-functions-test', () => {
  const clock = new MovableClock({ startAtMs: Date.parse('2026-11-21T12:00:00Z'), running: false });
  const environment = { ...process.env };
  let server: RunningFirestore;
  let functionsTest: FeaturesList;
  let project: (change: object) => Promise<void>;

  before(async function () {
    this.timeout(30_000);
    server = await startFirestore({ projectId: PROJECT_ID, clock, indexesFile: INDEXES_FILE });
    process.env.FIRESTORE_EMULATOR_HOST = server.host;
    const { default: start } = await import('firebase-functions-test');
    functionsTest = start({ projectId: PROJECT_ID });
    const { projectGenerationMetrics } = await import('../../src/index.ts');
    const wrapped = functionsTest.wrap(projectGenerationMetrics);
    project = async (data) => void (await wrapped({ data, params: { generationId: 'gen1' } }));
  });
  after(async () => {
    // Also the app of firebase-functions-test, which its own cleanup() would end while firebase-functions still holds it.
    await endFirebaseApps();
    await server?.stop();
    clock.stop();
    process.env = environment;
  });

  const ended = (seq: number, stars?: number): Generation => {
    const endedAt = new Date('2026-11-21T12:01:00Z');
    const { nextActionAt: _none, ...generation } = queued();
    return { ...generation, state: 'succeeded', seq, endedAt, ...(stars && { rating: { stars, ratedAt: endedAt } }) };
  };
  const snapshotOf = (generation: Generation | undefined) => {
    const { id = 'gen1', ...fields } = generation ?? {};
    return functionsTest.firestore.makeDocumentSnapshot(fields, `generations/${id}`);
  };
  const changed = (before: Generation | undefined, after: Generation | undefined) =>
    project(functionsTest.makeChange(snapshotOf(before), snapshotOf(after)));
  const stored = async () => (await (await database()).doc('video_generation_metrics/gen1').get()).data();
  const writes = () => server.usage().total.writes;

  it('writes nothing before the end', async () => {
    await changed(undefined, queued());
    await changed(queued(), { ...queued(), state: 'submitting', seq: 2 });
    assert.equal(writes(), 0);
  });

  it('writes what was measured at the end', async () => {
    await changed({ ...ended(4), state: 'storing' }, ended(5));
    const facts = await stored();
    assert.equal(writes(), 1);
    assert.deepEqual([facts?.seq, facts?.outcome, facts?.totalMs], [5, 'succeeded', 60_000]);
    assert.equal(facts?.shard, shardOf('gen1'));
  });

  it('writes the same again not, and a newer rating once', async () => {
    await changed({ ...ended(4), state: 'storing' }, ended(5));
    await changed(ended(6, 2), ended(7, 4));
    await changed(ended(6, 2), ended(7, 4));
    assert.equal(writes(), 2);
    assert.deepEqual([(await stored())?.seq, (await stored())?.ratingStars], [7, 4]);
  });

  it('writes nothing for what is older than what is there', async () => {
    await changed(ended(5), ended(6, 2));
    await changed({ ...ended(4), state: 'storing' }, ended(5));
    assert.equal(writes(), 2);
    assert.deepEqual([(await stored())?.seq, (await stored())?.ratingStars], [7, 4]);
  });

  it('writes nothing for a change that tells nothing, or a deletion', async () => {
    await changed(ended(8), ended(8));
    await changed(ended(8), undefined);
    assert.equal(writes(), 2);
  });
});
