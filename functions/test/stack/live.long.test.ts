import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Firestore, Timestamp } from 'firebase-admin/firestore';
import type { Stack } from '../../../local/stack/in-process.ts';
import { assertRefusal } from '../http/refusal.ts';
import { type Client, clientFor, database, frozenStack, send } from './harness.ts';
import { type LiveViewer, liveUrl, record, submitted, watchLive } from './liveClient.ts';

describe('the log as it comes', () => {
  let stack: Stack;
  let db: Firestore;
  let analyst: Client;
  let url: string;
  const open: LiveViewer[] = [];

  before(async function () {
    this.timeout(60_000);
    stack = await frozenStack();
    analyst = await clientFor(stack, 'ada', { role: 'analyst' });
    url = liveUrl(stack.url);
    await analyst.call('GET', '/me');
    db = await database();
  });
  afterEach(() => {
    for (const viewer of open.splice(0)) viewer.close();
  });
  after(() => stack?.stop());

  async function watch(query = '', lastId?: string, by = analyst): Promise<LiveViewer> {
    const viewer = await watchLive(`${url}${query}`, {
      Authorization: `Bearer ${by.idToken}`,
      ...(lastId !== undefined && { 'Last-Event-ID': lastId }),
    });
    open.push(viewer);
    return viewer;
  }
  const seen = (viewer: LiveViewer, count: number) =>
    viewer.until(`${count} events`, () => viewer.eventIds().length >= count);
  const listens = async () => {
    const { body } = await send(`${stack.url}/__local/firestore/usage`);
    return body.byOperation.listen?.reads ?? 0;
  };
  const resetReads = () => send(`${stack.url}/__local/firestore/usage/reset`, 'POST');
  /** Nobody watches any more, as far as the function knows. */
  const left = async () => {
    for (const viewer of open.splice(0)) viewer.close();
    for (let tries = 0; tries < 200; tries++) {
      await resetReads();
      await record(db, submitted(`left-${performance.now()}`));
      if ((await listens()) === 0) return;
    }
    assert.fail('the function still listens');
  };

  it('is told to analysts, in the order of the log, event by event', async () => {
    const viewer = await watch();
    assert.deepEqual(viewer.told[0]?.data, { resumed: 'no' });
    const ids: string[] = [];
    for (let n = 0; n < 5; n++) ids.push(...(await record(db, submitted(`order-${n}`))));
    await seen(viewer, 5);
    assert.deepEqual(viewer.eventIds(), ids);
    const { id, event, data } = viewer.told[1] ?? assert.fail();
    assert.match(id ?? '', /^\d{16}-[0-9a-f]{8}-\d+$/);
    assert.equal(event, 'generation.submitted');
    const { body } = submitted('order-0');
    assert.deepEqual(data, {
      ...{ id: ids[0], type: 'generation.submitted', recordedAt: '2040-01-01T12:00:00.000Z' },
      ...{ occurredAt: '2040-01-01T12:00:00.000Z', userKey: submitted('order-0').userKey, body },
    });
  });

  it('says what a real generation does', async () => {
    const viewer = await watch('?types=generation.requested,generation.succeeded');
    const ann = await clientFor(stack, 'ann');
    const id = await ann.generate();
    await stack.host.advanceBy(200_000);
    await seen(viewer, 2);
    assert.deepEqual(
      viewer.told.slice(1).map(({ event, data }) => [event, data.body.generationId]),
      [
        ['generation.requested', id],
        ['generation.succeeded', id],
      ],
    );
    assert.doesNotMatch(JSON.stringify(viewer.told), /lighthouse|"ann"/);
  });

  it('is for analysts and keys that may read, and says what is wrong with a request', async () => {
    const ann = await clientFor(stack, 'bob');
    const as = (idToken: string, query = '', headers = {}) =>
      send(`${url}${query}`, 'GET', undefined, { Authorization: `Bearer ${idToken}`, ...headers });
    assertRefusal(await send(url), { status: 401, code: 'unauthenticated' });
    assertRefusal(await as(ann.idToken), { status: 403, code: 'forbidden' });
    const wrong = await as(analyst.idToken, '?types=generation.submitted,nothing');
    assert.equal(assertRefusal(wrong, { status: 400 }).errors?.[0]?.path, 'types.1');
    assertRefusal(await as(analyst.idToken, '?type=signup'), { status: 400, code: 'invalid_request' });
    assertRefusal(await as(analyst.idToken, '', { 'Last-Event-ID': '7' }), { status: 400, code: 'invalid_request' });
    assertRefusal(await send(url, 'POST', {}), { status: 405, code: 'method_not_allowed' });
    assertRefusal(await send(`${url}/more`), { status: 404, code: 'not_found' });
    const made = await analyst.call('POST', '/api-keys', { name: 'tail', scopes: ['read:analytics'] });
    const viewer = await watchLive(url, { 'X-API-Key': made.body.text ?? made.body.key });
    open.push(viewer);
    const [id] = await record(db, submitted('by-key'));
    await seen(viewer, 1);
    assert.deepEqual(viewer.eventIds(), [id]);
  });

  it('leaves out what a viewer does not want', async () => {
    const [types, model, both] = await Promise.all([
      watch('?types=signup,page.viewed'),
      watch('?model=veo-3.1-generate-001&provider=google'),
      watch('?model=veo-3.1-generate-001&provider=kling'),
    ]);
    const wanted = await record(db, submitted('m-1'), submitted('m-2', 'veo-3.1-generate-001'));
    const event = { id: '1', type: 'page.viewed', occurredAt: '2040-01-01T12:00:00Z', body: { page: '/' } };
    assert.equal((await analyst.call('POST', '/events', { events: [event] })).status, 200);
    await Promise.all([seen(types, 1), seen(model, 1)]);
    assert.deepEqual(
      types.told.slice(1).map(({ data }) => data.body),
      [{ page: '/' }],
    );
    assert.deepEqual(model.eventIds(), [wanted[1]]);
    assert.deepEqual(both.eventIds(), []);
  });

  it('costs one read an event, however many watch, and none when nobody does', async () => {
    await left();
    await stack.host.advanceBy(60_000);
    const viewers = await Promise.all(Array.from({ length: 8 }, () => watch()));
    await resetReads();
    const ids = await record(db, ...Array.from({ length: 20 }, (_, n) => submitted(`many-${n}`)));
    await Promise.all(viewers.map((viewer) => seen(viewer, 20)));
    for (const viewer of viewers) assert.deepEqual(viewer.eventIds().sort(), [...ids].sort());
    assert.equal(await listens(), 20);
    await left();
  });

  it('goes on exactly where a viewer was, as long as the instance remembers', async () => {
    const other = await watch();
    const first = await watch();
    const before = await record(db, submitted('gone-1'));
    await seen(first, 1);
    first.close();
    const missed = [...(await record(db, submitted('gone-2'))), ...(await record(db, submitted('gone-3')))];
    await seen(other, 3);
    const again = await watch('', first.lastId());
    assert.deepEqual(again.told[0]?.data, { resumed: 'exactly' });
    const after = await record(db, submitted('gone-4'));
    await seen(again, 3);
    assert.deepEqual(again.eventIds(), [...missed, ...after]);
    assert.deepEqual(first.eventIds(), before);
  });

  it('goes on from the log where the instance has forgotten, repeating rather than leaving out', async () => {
    const first = await watch();
    const before = await record(db, submitted('log-1'));
    await seen(first, 1);
    await left();
    const missed = await record(db, submitted('log-2'));
    const again = await watch('', first.lastId());
    assert.deepEqual(again.told[0]?.data, { resumed: 'from the log' });
    const after = await record(db, submitted('log-3'));
    await again.until('the latest event', () => again.eventIds().includes(after[0] ?? ''));
    const ids = again.eventIds();
    assert.equal(new Set(ids).size, ids.length, 'nothing twice in one stream');
    assert.deepEqual(
      ids.filter((id) => id.startsWith('log-')),
      [...before, ...missed, ...after],
    );
  });

  it('tells what was recorded first and became visible last, also to those who come back', async () => {
    const late = async (generationId: string) => {
      const { id, ...event } = submitted(generationId);
      const recordedAt = Timestamp.fromMillis(stack.clock.now() - 5_000);
      await db.doc(`analytics_events/${id}`).create({ ...event, days: [], recordedAt });
      return id;
    };
    await left();
    await stack.host.advanceBy(60_000);
    const first = await watch();
    const early = await record(db, submitted('late-1'));
    await seen(first, 1);
    const told = await late('late-2');
    await seen(first, 2);
    assert.deepEqual(first.eventIds(), [...early, told]);
    await left();
    const missed = await late('late-3');
    const again = await watch('', first.lastId());
    await again.until('the late one', () => again.eventIds().includes(missed));
  });

  it('loses nothing, and repeats nothing but from the log, however often viewers go and come back', async function () {
    this.timeout(60_000);
    const deed = fc.oneof(
      {
        weight: 5,
        arbitrary: fc.record({ what: fc.constant('record' as const), count: fc.integer({ min: 1, max: 15 }) }),
      },
      { weight: 3, arbitrary: fc.record({ what: fc.constant('return' as const), count: fc.nat(2) }) },
      { weight: 1, arbitrary: fc.record({ what: fc.constant('allReturn' as const), count: fc.constant(0) }) },
    );
    let rounds = 0;
    const resumed = new Set<string>();
    const property = fc.asyncProperty(fc.array(deed, { minLength: 25, maxLength: 40 }), async (deeds) => {
      await left();
      await stack.host.advanceBy(60_000);
      const round = `p${rounds++}`;
      const all: string[] = [];
      const heard: LiveViewer[][] = [];
      const comeBack = async (n: number) => {
        const last = heard[n]?.at(-1);
        last?.close();
        heard[n] = [...(heard[n] ?? []), await watch('', last?.lastId())];
      };
      for (const n of [0, 1, 2]) await comeBack(n);
      for (const { what, count } of [...deeds, { what: 'record' as const, count: 1 }]) {
        if (what === 'record') {
          const events = Array.from({ length: count }, (_, n) => submitted(`${round}-${all.length + n}`));
          all.push(...(await record(db, ...events)));
          await stack.clock.moveTo(stack.clock.now() + 700);
        } else if (what === 'return') await comeBack(count);
        else {
          // The function remembers nothing then.
          await left();
          for (const n of [0, 1, 2]) await comeBack(n);
        }
      }
      for (const viewers of heard) {
        const last = viewers.at(-1) ?? assert.fail();
        await last.until('the last event', () => last.eventIds().includes(all.at(-1) ?? ''));
        const told = viewers.flatMap((viewer) => viewer.eventIds()).filter((id) => id.startsWith(`${round}-`));
        assert.deepEqual([...new Set(told)].sort(), [...all].sort());
        for (const {
          told: [ready],
        } of viewers)
          resumed.add(ready?.data.resumed);
        const exact = viewers.every(({ told: [ready] }) => ready?.data.resumed !== 'from the log');
        if (exact) assert.equal(told.length, all.length);
      }
    });
    await fc.assert(property, { seed: 1, numRuns: 5 });
    assert.deepEqual([...resumed].sort(), ['exactly', 'from the log', 'no']);
  });

  it('names the way to more than it can tell again', async () => {
    const first = await watch();
    await left();
    const skipped: string[] = [];
    for (let batch = 0; batch < 3; batch++) {
      skipped.push(...(await record(db, ...Array.from({ length: 400 }, (_, n) => submitted(`gap-${batch}-${n}`)))));
    }
    const again = await watch('', first.lastId());
    const [id] = await record(db, submitted('after-the-gap'));
    await seen(again, 1);
    const [, gap] = again.told;
    assert.equal(gap?.event, 'gap');
    assert.match(gap?.data.export, /^\/api\/v1\/export\?dataset=events&from=2040-01-01T/);
    assert.deepEqual(again.eventIds(), [id]);
    const { data } = gap ?? assert.fail();
    const exported = async () => (await analyst.call('GET', data.export.replace('/api/v1', ''))).body;
    assert.equal(typeof (await exported()), 'string', 'a file');
    await stack.clock.moveTo(Date.parse(data.completeAt));
    const file = await exported();
    assert.deepEqual(
      skipped.filter((each) => !file.includes(each)),
      [],
    );
    const third = await watch('', gap?.id);
    await seen(third, 1);
    assert.deepEqual(third.eventIds(), [id], 'the gap is told once');
  });

  it('names a gap, too, where one more was recorded just after they had been counted', async () => {
    await left();
    await stack.host.advanceBy(60_000);
    const tenSecAhead = `${stack.clock.now() * 1_000 + 10_000_000}-a-1`;
    for (let batch = 0; batch < 2; batch++) {
      await record(db, ...Array.from({ length: 500 }, (_, n) => submitted(`race-${batch}-${n}`)));
    }
    const counting = Object.getPrototypeOf(db.collection('analytics_events').count());
    const { get } = counting;
    counting.get = async function counted() {
      const count = await get.call(this);
      await record(db, submitted('race--first'));
      return count;
    };
    try {
      const viewer = await watch('', tenSecAhead);
      const [id] = await record(db, submitted('race-next'));
      await viewer.until('the next', () => viewer.eventIds().includes(id ?? ''));
      assert.equal(viewer.told[1]?.event, 'gap', `${viewer.eventIds().length} of 1,002`);
    } finally {
      counting.get = get;
    }
  });

  it('forgets at once who goes before anything was said', async () => {
    await left();
    const headers = { Authorization: `Bearer ${analyst.idToken}` };
    for (const waitMs of [0, 0, 1, 2, 4, 8, 16, 32]) {
      const abort = new AbortController();
      // It ends by being called off.
      const asked = fetch(url, { headers, signal: abort.signal }).catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, waitMs));
      abort.abort();
      await asked;
    }
    await left();
  });

  it('takes ten streams of a user, and an eleventh once one is closed', async () => {
    const eve = await clientFor(stack, 'eve', { role: 'analyst' });
    const streams = await Promise.all(Array.from({ length: 10 }, () => watch('', undefined, eve)));
    const refused = await send(url, 'GET', undefined, { Authorization: `Bearer ${eve.idToken}` });
    assertRefusal(refused, { status: 429, code: 'limit_exceeded' });
    assert.equal(refused.body.exceeded.limit, 'live_streams');
    streams[0]?.close();
    for (let tries = 0; ; tries++) {
      const answer = await fetch(url, { headers: { Authorization: `Bearer ${eve.idToken}` } });
      await answer.body?.cancel();
      if (answer.status === 200) break;
      assert.ok(tries < 100, 'the place of a closed stream stays taken');
    }
  });
});
