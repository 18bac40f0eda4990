import assert from 'node:assert/strict';
import { deliver, evaluate } from '../../../src/features/alerting/index.ts';
import { alertEpisodes, timeline } from '../../../src/platform/alerts.ts';
import { outbox, startDesk, to } from './desk.ts';
import { MINUTE_MS } from './world.ts';

describe('delivery of notifications', function () {
  this.timeout(60_000);
  const { world, receiver } = startDesk({ desk: {}, phone: {}, spare: { severities: ['info'] } });

  beforeEach(() => fire());

  /** Lets the rule fire. */
  async function fire(): Promise<void> {
    const startMs = Math.ceil((world.clock.now() + 1) / MINUTE_MS) * MINUTE_MS;
    await world.putMinute(startMs, { google: { failed: 9 } });
    world.clock.moveTo(startMs + 2 * MINUTE_MS);
    await world.countUp();
    await evaluate();
  }

  const retryAt = async (channelId: string) =>
    (await to(channelId)).nextAttemptAt?.getTime() ?? assert.fail('no retry');
  const lines = async () => {
    const [episode] = (await alertEpisodes().get()).docs;
    const all = (await timeline(episode?.id ?? '').get()).docs.map((doc) => doc.data());
    return all.sort((a, b) => a.seq - b.seq).map(({ sentence }) => sentence);
  };

  it('sends once, however often the task comes', async () => {
    const { id } = await to('desk');
    await Promise.all(Array.from({ length: 5 }, () => deliver(id)));
    await deliver(id);
    assert.equal(receiver.at('/desk').length, 1);
    const { state, attempts, sentAt, nextAttemptAt, possiblyDuplicate } = await to('desk');
    assert.equal(state, 'sent');
    assert.deepEqual(
      attempts.map(({ n, outcome }) => ({ n, outcome })),
      [{ n: 1, outcome: 'sent' }],
    );
    assert.deepEqual(sentAt, new Date(world.clock.now()));
    assert.deepEqual([nextAttemptAt, possiblyDuplicate], [undefined, false]);
  });

  it('tries a channel that is down for an hour until it takes it, and does not hold up the others', async () => {
    receiver.answers.set('/desk', { status: 503 });
    const downUntil = world.clock.now() + 60 * MINUTE_MS;
    await deliver((await to('desk')).id);
    await deliver((await to('phone')).id);
    assert.equal((await to('phone')).state, 'sent');
    for (let tries = 0; (await to('desk')).state !== 'sent'; tries++) {
      assert.ok(tries < 40, 'gave up');
      world.clock.moveTo(Math.max(world.clock.now(), await retryAt('desk')));
      if (world.clock.now() >= downUntil) receiver.answers.delete('/desk');
      await deliver((await to('desk')).id);
    }
    assert.ok(world.clock.now() < downUntil + 11 * MINUTE_MS, 'comes soon after the outage');
    assert.equal((await outbox()).length, 2, 'nothing was diverted');
    const keys = new Set(receiver.at('/desk').map(({ headers }) => headers['webhook-id']));
    assert.equal(keys.size, 1, 'every attempt has the same key');
  });

  it('gives what a channel refuses to the next one, and says so in the timeline', async () => {
    receiver.answers.set('/desk', { status: 400 });
    await deliver((await to('desk')).id);
    const dead = await to('desk');
    assert.equal(dead.state, 'dead');
    const instead = await to('spare');
    assert.equal(instead.insteadOf, dead.id);
    assert.equal(instead.key, dead.key);
    await deliver(instead.id);
    assert.equal((await to('spare')).state, 'sent');
    assert.match(
      (await lines()).at(-1) ?? '',
      /could not be delivered to desk in one attempt .*it goes to spare instead/,
    );
  });

  it('says so when no channel is left', async () => {
    for (const path of ['/desk', '/phone', '/spare']) receiver.answers.set(path, { status: 400 });
    for (const id of ['desk', 'phone', 'spare']) await deliver((await to(id)).id);
    assert.deepEqual(new Set((await outbox()).map(({ state }) => state)), new Set(['dead']));
    assert.match((await lines()).at(-1) ?? '', /no other channel is left/);
  });

  it('marks what is sent again after a death between the answer and the record', async () => {
    const { id } = await to('desk');
    // The claim is the first commit, the record the second.
    await world.meeting({ side: 'before' }, 1, () => deliver(id));
    assert.equal(receiver.at('/desk').length, 1);
    await deliver(id);
    assert.equal(receiver.at('/desk').length, 1, 'it may still be under way');
    world.clock.moveTo(world.clock.now() + 2 * MINUTE_MS);
    await deliver(id);
    const [first, second] = receiver.at('/desk');
    assert.equal(first?.headers['webhook-id'], second?.headers['webhook-id']);
    assert.match(second?.body ?? '', /possiblyDuplicate"?:\s*true/);
    const { state, attempts, possiblyDuplicate } = await to('desk');
    assert.deepEqual([state, possiblyDuplicate], ['sent', true]);
    assert.deepEqual(
      attempts.map(({ outcome }) => outcome),
      ['lost', 'sent'],
    );
  });

  it('loses nothing and doubles nothing when it dies before or after any commit', async () => {
    const { id } = await to('desk');
    for (const [side, after] of [
      ['before', 0],
      ['after', 0],
      ['after', 1],
    ] as const) {
      await world.meeting({ side }, after, () => deliver(id));
      world.clock.moveTo(world.clock.now() + 2 * MINUTE_MS);
    }
    await deliver(id);
    assert.equal((await to('desk')).state, 'sent');
    assert.equal(receiver.at('/desk').length, 1);
  });

  it('leaves a channel alone for as long as its vendor asks', async () => {
    receiver.answers.set('/desk', { status: 429, headers: { 'Retry-After': '120' } });
    const askedAt = world.clock.now();
    await deliver((await to('desk')).id);
    receiver.answers.clear();
    assert.ok((await retryAt('desk')) >= askedAt + 120_000);
    await evaluate();
    await deliver((await to('desk')).id);
    assert.equal(receiver.at('/desk').length, 1, 'not before that');
    world.clock.moveTo(await retryAt('desk'));
    await deliver((await to('desk')).id);
    assert.equal((await to('desk')).state, 'sent');
  });

  it('tells a channel of an episode in order, whatever was held up', async () => {
    receiver.answers.set('/desk', { status: 503 });
    const trigger = await to('desk');
    await deliver(trigger.id);
    const startMs = Math.ceil((world.clock.now() + 1) / MINUTE_MS) * MINUTE_MS;
    await world.putMinute(startMs, { google: { succeeded: 9 } });
    world.clock.moveTo(startMs + 2 * MINUTE_MS);
    await world.countUp();
    await evaluate();
    receiver.answers.clear();
    const resolve =
      (await outbox()).find((each) => each.channelId === 'desk' && each.id !== trigger.id) ?? assert.fail();
    assert.equal(resolve.message.verb, 'resolve');
    await deliver(resolve.id);
    assert.equal(receiver.at('/desk').length, 1, 'not before the first');
    world.clock.moveTo(Math.max(world.clock.now(), await retryAt('desk')));
    await deliver(trigger.id);
    await deliver(resolve.id);
    const types = receiver.at('/desk').map(({ body }) => JSON.parse(body).type);
    assert.deepEqual(types, ['alert.triggered', 'alert.triggered', 'alert.resolved']);
  });
});
