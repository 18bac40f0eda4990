import assert from 'node:assert/strict';
import { userKeyOf } from '../../../src/core/events/draft.ts';
import { type Client, clientFor, database, type QuietStack, quietStack } from '../../stack/harness.ts';
import { assertRefusal } from '../refusal.ts';

const OCCURRED_AT = '2040-01-01T11:59:00.000Z';
const viewed = (id: string, change: object = {}) => ({
  ...{ id, type: 'page.viewed', occurredAt: OCCURRED_AT, body: { page: '/studio' } },
  ...change,
});

describe('POST /events', () => {
  let stack: QuietStack;
  let ann: Client;
  let bob: Client;
  let ingest: Client;

  before(async function () {
    this.timeout(30_000);
    stack = await quietStack();
    [ann, bob] = [await clientFor(stack, 'ann'), await clientFor(stack, 'bob')];
    ingest = await clientFor(stack, 'ingest', { role: 'ingest' });
  });
  after(() => stack?.stop());

  const log = async () => (await (await database()).collection('analytics_events').get()).docs.map((doc) => doc.data());

  it('keeps what users tell about themselves, each once, and nobody by name', async () => {
    assert.deepEqual((await ann.call('POST', '/events', viewed('1'))).body, {
      ...{ accepted: 1, unchanged: 0, refused: 0, results: [{ index: 0, id: '1', status: 'accepted' }] },
    });
    assert.equal((await ann.call('POST', '/events', viewed('1'))).body.unchanged, 1);
    assert.equal((await bob.call('POST', '/events', viewed('1'))).body.accepted, 1);
    assertRefusal(await ann.call('POST', '/events', viewed('1', { body: { page: '/other' } })), { status: 409 });
    const events = await log();
    assert.deepEqual(events.map(({ userKey }) => userKey).sort(), [userKeyOf('ann'), userKeyOf('bob')].sort());
    const [{ type, occurredAt, body, cellKey } = assert.fail()] = events;
    assert.deepEqual(
      [type, occurredAt.toDate().toISOString(), body, cellKey],
      ['page.viewed', OCCURRED_AT, { page: '/studio' }, undefined],
    );
  });

  it('takes in or refuses each of a batch', async () => {
    const rows = [
      viewed('10'),
      viewed('11', { type: 'session.started', body: { sessionId: 's' } }),
      viewed('12', { type: 'signup', body: {} }),
      viewed('13', { userId: 'bob' }),
      viewed('14', { source: 'web', userId: 'bob' }),
      viewed('15', { body: { page: '/', prompt: 'x' } }),
      viewed('16', { type: 'generation.succeeded' }),
    ];
    const { status, body } = await ann.call('POST', '/events', { events: rows });
    assert.equal(status, 200);
    assert.deepEqual(
      body.results.map(({ id, status, code }: Record<string, string>) => [id, status, code]),
      [
        ['10', 'accepted', undefined],
        ['11', 'accepted', undefined],
        ['12', 'refused', 'forbidden'],
        ['13', 'refused', 'invalid_request'],
        ['14', 'refused', 'forbidden'],
        ['15', 'refused', 'invalid_request'],
        ['16', 'refused', 'invalid_request'],
      ],
    );
    assert.equal(body.results[5].reason, 'body: Unrecognized key: "prompt"');
  });

  it('takes every other type from services, about anybody', async () => {
    const of = (id: string, type: string, body: object) => ({
      ...{ source: 'billing', id, type, body, userId: 'ann', occurredAt: OCCURRED_AT },
    });
    const generation = { generationId: 'g1', provider: 'nobody', model: 'unheard-of', kind: 'text_to_video' };
    const { body } = await ingest.call('POST', '/events', {
      events: [
        of('1', 'payment.succeeded', { paymentId: 'p1', amountUsdMicros: 5_000_000 }),
        of('2', 'signup', {}),
        of('3', 'generation.opened', generation),
        of('1', 'payment.succeeded', { paymentId: 'p1', amountUsdMicros: 6_000_000 }),
      ],
    });
    assert.deepEqual([body.accepted, body.unchanged, body.refused], [3, 0, 1]);
    const events = (await log()).filter(({ type }) => ['payment.succeeded', 'generation.opened'].includes(type));
    assert.deepEqual(events.map(({ type, cellKey, userKey }) => [type, cellKey, userKey]).sort(), [
      ['generation.opened', 'other/other/text_to_video', userKeyOf('ann')],
      ['payment.succeeded', undefined, userKeyOf('ann')],
    ]);
  });

  it('takes from users that they opened or downloaded generations of their own, and of nobody else', async () => {
    const [id, strange] = [await ann.generate(), await bob.generate()];
    const opened = (eventId: string, generationId: string, more: object = {}) =>
      viewed(eventId, { type: 'generation.opened', body: { generationId, ...more } });
    const { body } = await ann.call('POST', '/events', {
      events: [
        opened('o1', id),
        opened('o1', id),
        opened('o2', strange),
        opened('o3', 'nosuch'),
        opened('o4', id, { model: 'x' }),
      ],
    });
    assert.deepEqual(
      body.results.map(({ status, code }: Record<string, string>) => [status, code]),
      [
        ['accepted', undefined],
        ['unchanged', undefined],
        ['refused', 'not_found'],
        ['refused', 'not_found'],
        ['refused', 'invalid_request'],
      ],
    );
    const found = (await log()).filter(
      ({ type, body: told }) => type === 'generation.opened' && told.generationId === id,
    );
    const subject = { provider: 'google', model: 'veo-3.1-fast-generate-001', kind: 'text_to_video' };
    assert.deepEqual(
      found.map(({ body: told, cellKey }) => [told, cellKey]),
      [[{ generationId: id, ...subject }, 'google/veo-3.1-fast-generate-001/text_to_video']],
    );
  });

  it('costs one write and no read for each, and refuses a batch of over 500', async () => {
    const rows = Array.from({ length: 500 }, (_, i) => viewed(`many-${i}`));
    // What earlier tests have begun tells the log, too.
    await stack.host.settle();
    stack.cloud.firestore.resetUsage();
    assert.equal((await ann.call('POST', '/events', { events: rows })).body.accepted, 500);
    const { reads, writes } = stack.cloud.firestore.usage().byCollection.analytics_events ?? assert.fail();
    assert.deepEqual({ reads, writes }, { reads: 0, writes: 500 });
    assertRefusal(await ann.call('POST', '/events', { events: [...rows, viewed('501')] }), { status: 400 });
  });
});
