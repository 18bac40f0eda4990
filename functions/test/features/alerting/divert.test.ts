import assert from 'node:assert/strict';
import { deliver, evaluate } from '../../../src/features/alerting/index.ts';
import { notifications } from '../../../src/platform/alerts.ts';
import { outbox, startDesk } from './desk.ts';
import { MINUTE_MS } from './world.ts';

const HOUR_MS = 60 * MINUTE_MS;

describe('what a channel does not take', function () {
  this.timeout(60_000);
  const { world, receiver } = startDesk({ desk: {}, spare: { severities: [] } });

  beforeEach(async () => {
    await world.nextMinute({ google: { failed: 9 } });
    await evaluate();
  });

  const sent = async (channelId: string) =>
    (await outbox())
      .filter((each) => each.channelId === channelId)
      .sort((a, b) => a.seq - b.seq)
      .map(({ message, state }) => `${message.verb} ${state}`);
  const heard = (path: string) => receiver.at(path).map(({ body }) => JSON.parse(body).type);

  /** Every delivery that is due, as its task does it, until none is. */
  async function deliverAll(): Promise<void> {
    for (let round = 0; round < 20; round++) {
      const due = (await outbox()).filter(
        ({ nextAttemptAt }) => nextAttemptAt && nextAttemptAt.getTime() <= world.clock.now(),
      );
      if (due.length === 0) return;
      for (const { id } of due) await deliver(id);
    }
    assert.fail('it never ends');
  }

  it('goes to another, which hears of the end, too', async () => {
    receiver.answers.set('/desk', { status: 400 });
    await deliverAll();
    receiver.answers.clear();
    await world.nextMinute({ google: { succeeded: 9 } });
    await evaluate();
    await deliverAll();
    assert.deepEqual(await sent('desk'), ['trigger dead', 'resolve sent']);
    assert.deepEqual(heard('/spare'), ['alert.triggered', 'alert.resolved']);
  });

  it('goes to another also when it is over meanwhile, with its end', async () => {
    await world.nextMinute({ google: { succeeded: 9 } });
    await evaluate();
    let refusals = 0;
    receiver.answers.set('/desk', { status: 400 });
    receiver.onReceived = () => {
      if (++refusals > 1) receiver.answers.clear();
    };
    await deliverAll();
    receiver.onReceived = undefined;
    world.clock.moveTo(world.clock.now() + MINUTE_MS);
    await deliverAll();
    assert.deepEqual(await sent('desk'), ['trigger dead', 'resolve sent']);
    assert.deepEqual(heard('/spare'), ['alert.triggered', 'alert.resolved']);
    const last = (await outbox()).find(({ channelId, message }) => channelId === 'spare' && message.verb === 'resolve');
    assert.match(last?.message.sentence ?? '', /^It was over when this came, since 2040-01-01 12:\d\d UTC\.$/);
  });

  it('goes to another when its attempts die for six hours', async () => {
    const [{ id } = assert.fail()] = await outbox();
    const endMs = world.clock.now() + 7 * HOUR_MS;
    let attempts = 0;
    // The claim is the first commit, the record the second.
    for (; world.clock.now() < endMs; attempts++) {
      await world.meeting({ side: 'before' }, 1, () => deliver(id));
      world.clock.moveTo(world.clock.now() + 5 * MINUTE_MS);
    }
    await deliver(id);
    await deliverAll();
    assert.deepEqual(await sent('desk'), ['trigger dead']);
    assert.deepEqual(await sent('spare'), ['trigger sent']);
    assert.ok(receiver.at('/desk').length < attempts, 'it was given up');
  });

  it('goes to another when its channel lets nothing through for six hours', async () => {
    receiver.answers.set('/desk', { status: 429, headers: { 'Retry-After': '3600' } });
    const [first = assert.fail()] = await outbox();
    await world.nextMinute({ google: { succeeded: 9 } });
    await evaluate();
    await deliver(first.id);
    const late = (await outbox()).find(({ message }) => message.verb === 'resolve') ?? assert.fail();
    const endMs = world.clock.now() + 9 * HOUR_MS;
    while (world.clock.now() < endMs) {
      world.clock.moveTo(world.clock.now() + 10 * MINUTE_MS);
      await deliverAll();
    }
    const { state, attempts } = (await notifications().doc(late.id).get()).data() ?? assert.fail();
    assert.equal(state, 'dead');
    assert.ok(attempts.length <= 42);
    assert.deepEqual(heard('/spare'), ['alert.triggered', 'alert.resolved', 'alert.resolved']);
  });
});
