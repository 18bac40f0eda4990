import assert from 'node:assert/strict';
import { userKeyOf } from '../../../src/core/events/draft.ts';
import { parseEvent } from '../../../src/core/events/schema.ts';
import { type Client, clientFor, database, NOON, type QuietStack, quietStack, send } from '../../stack/harness.ts';
import { assertRefusal } from '../refusal.ts';
import { eventsAbout, open, report } from './reports.ts';

describe('POST /metrics/generations', function () {
  this.timeout(30_000);
  let stack: QuietStack;
  let ingest: Client;

  before(async () => {
    stack = await quietStack({ env: { KNOWN_MODELS: 'kling/kling-v2' } });
    ingest = await clientFor(stack, 'ingest', { role: 'ingest' });
  });
  after(() => stack?.stop());
  beforeEach(() => stack.host.advanceBy(61_000));

  const post = (body: object) => ingest.call('POST', '/metrics/generations', body);
  const stored = async (collection: string) =>
    (await (await database()).collection(collection).get()).docs.map((doc) => ({ id: doc.id, ...doc.data() }));
  const metricsOf = async (id: string) =>
    (await (await database()).doc(`video_generation_metrics/${id}`).get()).data() ?? assert.fail();
  async function billed<T>(work: () => Promise<T>): Promise<{ answer: T; reads: number; writes: number }> {
    stack.cloud.firestore.resetUsage();
    const answer = await work();
    const { reads, writes } = stack.cloud.firestore.usage().total;
    return { answer, reads, writes };
  }

  it('keeps one event and the measured facts, with nobody named', async () => {
    const { status, body } = await post(report('one', { rating: 4, quality: 0.8765 }));
    assert.equal(status, 200, JSON.stringify(body));
    const [{ generationId }] = body.results;
    assert.deepEqual(body, {
      ...{ accepted: 1, unchanged: 0, refused: 0 },
      results: [{ index: 0, id: 'one', status: 'accepted', generationId }],
    });
    const { reportHash, shard, requestedAt, endedAt, ...facts } = await metricsOf(generationId);
    assert.match(reportHash, /^[0-9a-f]{64}$/);
    assert.ok(shard >= 0 && shard < 8);
    assert.equal(requestedAt.toDate().toISOString(), '2024-11-01T10:00:00.000Z');
    assert.equal(endedAt.toDate().toISOString(), '2024-11-01T10:00:30.000Z');
    const subject = { provider: 'kling', model: 'kling-v2', kind: 'text_to_video' };
    const measures = {
      ...{ queueMs: 2_000, renderMs: 25_000, storeMs: 3_000, totalMs: 30_000, attempts: 1 },
      ...{ costUsdMicros: 400_000, wasteUsdMicros: 0, possibleWasteUsdMicros: 0, chargedCredits: 0 },
      ...{ videosDelivered: 1, videosBlocked: 0, videoSec: 8, ratingStars: 4, qualityThousandths: 877 },
    };
    const cellKey = 'kling/kling-v2/text_to_video';
    const userKey = userKeyOf('user-7');
    assert.deepEqual(facts, {
      ...{ generationId, seq: 1, source: 'studio', reported: true, ...subject, userKey, cellKey, outcome: 'succeeded' },
      ...{ ...measures, videosAsked: 1, polls: 0, scorer: 'studio', costSource: 'reported', costIsEstimate: false },
    });
    const [event, ...others] = await eventsAbout(generationId);
    assert.deepEqual(others, []);
    const { recordedAt, ...draft } = event ?? assert.fail();
    assert.equal(recordedAt.getTime(), NOON + 61_000);
    assert.deepEqual(draft, {
      ...{ id: draft.id, shard: draft.shard, type: 'generation.succeeded', userKey, cellKey, days: ['2024-11-01'] },
      occurredAt: new Date('2024-11-01T10:00:30Z'),
      body: { generationId, ...subject, ...measures, requestedAt: new Date('2024-11-01T10:00:00Z') },
    });
    assert.match(draft.id, /^[0-9a-f]{64}$/);
    assert.doesNotThrow(() => parseEvent(draft));
    const all = JSON.stringify([await stored('analytics_events'), await stored('video_generation_metrics')]);
    assert.ok(!all.includes('user-7') && !stack.logs.text().includes('user-7'));
  });

  it('changes nothing when it comes again, and refuses another one of its id', async () => {
    await post(report('twice'));
    const again = await billed(() => post(report('twice')));
    assert.equal(again.answer.body.results[0].status, 'unchanged');
    assert.equal(again.writes, 0);
    const other = await billed(() => post(report('twice', { videoSec: 9 })));
    assertRefusal(other.answer, { status: 409, code: 'conflict' });
    assert.equal(other.writes, 0);
    const unfit = assertRefusal(await post(report('twice', { kind: 'painting', colour: 'red' })), { status: 400 });
    assert.deepEqual(
      unfit.errors?.map(({ path }) => path),
      ['kind', ''],
    );
    assert.equal((await post(report('twice', { source: 'studio-2', videoSec: 9 }))).body.accepted, 1);
  });

  it('takes in or refuses each of a batch for itself, with its reason', async () => {
    const { status, body } = await post({
      generations: [
        report('a'),
        report('b', { prompt: 'a secret wish' }),
        report('a'),
        report('a', { videoSec: 9 }),
        report('c', { outcome: 'failed', videoSec: undefined, errorCode: 'provider_quota' }),
        open('d'),
        7,
        report('e', { provider: 'nobody', model: 'no-model' }),
        report('f', { requestedAt: '2040-01-03T00:00:00Z', endedAt: '2040-01-03T00:00:30Z' }),
        report('g', { totalMs: 40_000 }),
      ],
    });
    assert.equal(status, 200);
    const told = body.results.map(({ id, status, reason }: Record<string, string>) => [id, status, reason ?? '']);
    assert.deepEqual(told, [
      ['a', 'accepted', ''],
      ['b', 'refused', 'Unrecognized key: "prompt"'],
      ['a', 'unchanged', ''],
      ['a', 'refused', 'This id was reported before with other facts; tell what changed with PATCH.'],
      ['c', 'accepted', ''],
      ['d', 'accepted', ''],
      [undefined, 'refused', 'Invalid input: expected object, received number'],
      ['e', 'accepted', ''],
      ['f', 'refused', 'requestedAt: is over five minutes ahead'],
      ['g', 'refused', 'totalMs: differs from endedAt − requestedAt, 30000 ms, by more than 2 s and 1 %'],
    ]);
    assert.deepEqual([body.accepted, body.unchanged, body.refused], [4, 1, 5]);
    const [, , , , c, d, , e] = body.results;
    assert.equal((await metricsOf(c.generationId)).wasteUsdMicros, 400_000);
    assert.equal((await metricsOf(d.generationId)).outcome, null);
    assert.deepEqual(
      (await eventsAbout(d.generationId)).map(({ type }) => type),
      ['generation.requested'],
    );
    assert.equal((await metricsOf(e.generationId)).cellKey, 'other/other/text_to_video');
    assert.ok(!JSON.stringify(await stored('analytics_events')).includes('secret wish'));
  });

  it('takes 500 at once for two writes each and no read, and the same again with some new ones', async () => {
    await post(report('warm'));
    const rows = Array.from({ length: 500 }, (_, i) => report(`bulk-${i}`));
    const first = await billed(() => post({ generations: rows }));
    assert.equal(first.answer.body.accepted, 500);
    assert.deepEqual([first.reads, first.writes], [0, 1_000]);
    const mixed = [...rows.slice(0, 250), ...Array.from({ length: 250 }, (_, i) => report(`more-${i}`))];
    const second = await billed(() => post({ generations: mixed }));
    assert.deepEqual([second.answer.body.accepted, second.answer.body.unchanged], [250, 250]);
    assert.equal(second.writes, 500);
    assert.ok(second.reads <= 300, `${second.reads}`);
    assertRefusal(await post({ generations: [...rows, report('one-too-many')] }), { status: 400 });
  });

  it('does not bring back what was removed, and takes in what comes with it', async () => {
    const { body } = await post(report('removed'));
    await (await database()).doc(`video_generation_metrics/${body.results[0].generationId}`).delete();
    const again = await post({ generations: [report('beside'), report('removed'), report('beside-2')] });
    assert.deepEqual(
      again.body.results.map((result: { status: string }) => result.status),
      ['accepted', 'refused', 'accepted'],
    );
  });

  it('takes the same rows in once, however often they come at the same time', async () => {
    const rows = Array.from({ length: 120 }, (_, i) => report(`race-${i}`));
    const answers = await Promise.all(
      [rows, rows.toReversed(), rows.slice(30), rows.slice(0, 90)].map((generations) => post({ generations })),
    );
    const accepted = answers.reduce((sum, { body }) => sum + body.accepted, 0);
    assert.equal(accepted, 120);
    for (const { body } of answers) assert.equal(body.refused, 0);
  });

  it('puts the list price in the place of a cost that nobody told, and says so', async () => {
    const veo = { provider: 'google', model: 'veo-3.1-fast-generate-001', costUsd: undefined };
    const { body } = await post({
      generations: [report('listed', veo), report('unlisted', { costUsd: undefined })],
    });
    const [listed, unlisted] = await Promise.all(
      body.results.map((result: { generationId: string }) => metricsOf(result.generationId)),
    );
    assert.deepEqual(
      [listed?.costUsdMicros, listed?.costSource, listed?.costIsEstimate],
      [800_000, 'list_price', true],
    );
    assert.deepEqual([unlisted?.costUsdMicros, unlisted?.costSource, unlisted?.costIsEstimate], [0, 'missing', false]);
  });

  it('is for the role ingest and for keys of that scope', async () => {
    const ann = await clientFor(stack, 'ann');
    assertRefusal(await ann.call('POST', '/metrics/generations', report('x')), { status: 403 });
    const { body } = await ingest.call('POST', '/api-keys', { name: 'studio', scopes: ['ingest'] });
    const byKey = await send(`${stack.url}/api/v1/metrics/generations`, 'POST', report('by-key'), {
      'X-API-Key': body.key,
    });
    assert.equal(byKey.status, 200);
  });

  it('does not change what to expect of our own renders', async () => {
    const veo = { provider: 'google', model: 'veo-3.1-lite-generate-001', renderMs: undefined };
    const ann = await clientFor(stack, 'ann-2');
    const expected = async () => {
      const asked = await ann.call('POST', '/generations', {
        ...veo,
        prompt: 'x',
        durationSec: 4,
        provider: undefined,
      });
      return Date.parse(asked.body.expectedEndAt) - Date.parse(asked.body.requestedAt);
    };
    await post({ generations: Array.from({ length: 30 }, (_, i) => report(`veo-${i}`, veo)) });
    assert.ok((await expected()) > 10_000);
  });
});
