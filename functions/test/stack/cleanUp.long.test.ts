import assert from 'node:assert/strict';
import { PNG } from '../http/pictures.ts';
import {
  type Client,
  clientFor,
  database,
  eventsOf,
  leapBy,
  type QuietStack,
  quietStack,
  script,
  storedGeneration,
  storedObjects,
} from './harness.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const FULL_COST = 400_000;

describe('files that nobody needs', function () {
  this.timeout(60_000);
  let stack: QuietStack;
  let ann: Client;

  before(async () => {
    stack = await quietStack({ env: { VIDEO_RETENTION_DAYS: '30' } });
    ann = await clientFor(stack, 'ann');
  });
  after(() => stack?.stop());

  const filesOf = async (id: string) => (await storedObjects(stack)).filter((name) => name.includes(id));
  const metricsOf = async (id: string) =>
    (await (await database()).doc(`video_generation_metrics/${id}`).get()).data() ?? {};
  /** As if the generation had ended that much earlier, and its time had come. */
  const pretendEnded = async (id: string, agoMs: number) => {
    const [endedAt, cleanUpAt] = [new Date(stack.clock.now() - agoMs), new Date(stack.clock.now())];
    await (await database()).doc(`generations/${id}`).update({ endedAt, cleanUpAt });
    await stack.host.advanceBy(11 * 60_000);
  };
  const usageToday = async () => (await (await database()).doc('users/ann/usage/2040-01-01').get()).data() ?? {};

  it('orphans: a video that turns up after its attempt was given up is deleted and booked as waste', async () => {
    // Taken, never confirmed, and slower than anything that is waited for; the second attempt works.
    await script(stack, { match: { prompt: 'late' }, submit: { drop: 'after' }, renderMs: 25 * 60_000 });
    const id = await ann.generate({ prompt: 'late' });
    await stack.host.advanceBy(20 * 60_000);
    const won = await storedGeneration(id);
    assert.deepEqual([won.state, won.attempts.length], ['succeeded', 2]);
    assert.equal(won.attempts[0]?.possibleCostUsdMicros, FULL_COST);
    const first = await metricsOf(id);
    assert.deepEqual(
      [first.costUsdMicros, first.wasteUsdMicros, first.possibleWasteUsdMicros, first.chargedCredits],
      [FULL_COST, 0, FULL_COST, 40],
    );
    await stack.host.advanceBy(10 * 60_000);
    assert.equal((await filesOf(id)).filter((name) => name.startsWith('attempts/')).length, 1, 'the orphan is there');
    await leapBy(stack, HOUR_MS);
    assert.deepEqual(
      (await filesOf(id)).filter((name) => name.startsWith('attempts/')),
      [],
    );
    const booked = await storedGeneration(id);
    assert.deepEqual([booked.attempts[0]?.orphans, booked.attempts[0]?.possibleCostUsdMicros], [1, undefined]);
    const metrics = await metricsOf(id);
    assert.deepEqual(
      [metrics.costUsdMicros, metrics.wasteUsdMicros, metrics.possibleWasteUsdMicros, metrics.chargedCredits],
      [2 * FULL_COST, FULL_COST, 0, 40],
    );
    const corrected = (await eventsOf(id)).at(-1);
    assert.deepEqual(
      [corrected?.type, corrected?.body.changes],
      [
        'generation.corrected',
        [
          { measure: 'costUsdMicros', from: FULL_COST, to: 2 * FULL_COST },
          { measure: 'wasteUsdMicros', from: 0, to: FULL_COST },
          { measure: 'possibleWasteUsdMicros', from: FULL_COST, to: 0 },
        ],
      ],
    );
    assert.equal((await usageToday()).costUsdMicros, 2 * FULL_COST);
  });

  it('the render of a model that has left the catalogue meanwhile is booked, looked for and deleted', async () => {
    await script(stack, { match: { prompt: 'left' }, renderMs: 5 * 60_000 });
    const id = await ann.generate({ prompt: 'left' });
    await stack.host.settle();
    await (await database()).doc(`generations/${id}`).update({ 'asked.model': 'veo-0' });
    await stack.host.advanceBy(2 * 60_000);
    const ended = await storedGeneration(id);
    assert.deepEqual([ended.state, ended.error?.code], ['failed', 'operation_unreadable']);
    assert.equal(ended.attempts[0]?.possibleCostUsdMicros, FULL_COST);
    await leapBy(stack, 2 * HOUR_MS);
    const { orphans, costUsdMicros } = (await storedGeneration(id)).attempts[0] ?? {};
    assert.deepEqual([orphans, costUsdMicros], [1, FULL_COST]);
    assert.deepEqual(await filesOf(id), []);
  });

  it('a doubtful attempt of which nothing turns up stays possible waste', async () => {
    await script(stack, { match: { prompt: 'lost' }, submit: { status: 503 } });
    const id = await ann.generate({ prompt: 'lost' });
    await leapBy(stack, 2 * HOUR_MS);
    const { wasteUsdMicros, possibleWasteUsdMicros } = await metricsOf(id);
    assert.deepEqual([wasteUsdMicros, possibleWasteUsdMicros], [0, FULL_COST]);
    assert.equal((await eventsOf(id)).at(-1)?.type, 'generation.succeeded');
  });

  it('the pictures of a request: at once after a success, after a week when it came to nothing', async () => {
    await script(stack, { match: { prompt: 'unsafe' }, outcome: 'blocked' });
    const image = { mimeType: 'image/png', base64: PNG };
    const good = await ann.generate({ prompt: 'good', image });
    const unsafe = await ann.generate({ prompt: 'unsafe', image });
    await leapBy(stack, HOUR_MS);
    assert.deepEqual(
      (await filesOf(good)).filter((name) => name.startsWith('inputs/')),
      [],
    );
    const { endedAt, cleanUpAt } = await storedGeneration(unsafe);
    assert.equal((cleanUpAt?.getTime() ?? 0) - (endedAt?.getTime() ?? 0), 7 * DAY_MS);
    await pretendEnded(unsafe, 6 * DAY_MS);
    assert.equal((await filesOf(unsafe)).length, 1);
    await pretendEnded(unsafe, 7 * DAY_MS);
    assert.deepEqual(await filesOf(unsafe), []);
    assert.equal((await storedGeneration(unsafe)).cleanUpAt, undefined);
  });

  it('the videos themselves after the retention that is set; the facts stay', async () => {
    const id = await ann.generate({ prompt: 'kept for a month' });
    await stack.host.drainTasks();
    await pretendEnded(id, 29 * DAY_MS);
    assert.ok((await ann.generation(id)).outputs[0]?.url);
    await pretendEnded(id, 30 * DAY_MS);
    assert.deepEqual(await filesOf(id), []);
    const expired = await ann.generation(id);
    assert.deepEqual(
      [expired.state, expired.outputs[0]?.url, expired.prompt],
      ['succeeded', undefined, 'kept for a month'],
    );
    assert.ok(expired.filesDeletedAt);
    assert.equal((await metricsOf(id)).videosDelivered, 1);
  });
});
