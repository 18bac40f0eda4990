import assert from 'node:assert/strict';
import type { RuleInput } from '../../../src/core/alert/rule.ts';
import { evaluate, tick } from '../../../src/features/alerting/index.ts';
import { alertEpisodes, alertRules, notifications, timeline } from '../../../src/platform/alerts.ts';
import { capturedLogs, type Logs } from '../../stack/harness.ts';
import { Receiver } from './receiver.ts';
import { MINUTE_MS, World } from './world.ts';

const ERRORS: RuleInput = {
  ...{ slug: 'errors', name: 'Errors', metric: 'errorCount', windowMin: 1 },
  condition: { type: 'threshold', op: '>', critical: 3 },
};
const LATE: RuleInput = {
  ...{ slug: 'late', name: 'The counting is late', metric: 'cursorAgeMin', windowMin: 1, noData: 'keep' },
  ...{ condition: { type: 'threshold', op: '>', critical: 5 }, ofPipeline: true },
};

describe('each minute of alerting', function () {
  this.timeout(60_000);
  const world = new World();
  const receiver = new Receiver();
  let logs: Logs;

  before(async () => {
    logs = capturedLogs();
    await receiver.start();
    await world.start([receiver.channel('desk')]);
    process.env.ALERT_WATCHDOG_URL = receiver.url('watchdog');
  });
  after(async () => {
    delete process.env.ALERT_WATCHDOG_URL;
    await world.stop();
    await receiver.stop();
    logs.restore();
  });
  beforeEach(async () => {
    world.reset();
    receiver.received.length = 0;
    receiver.answers.clear();
    logs.lines.length = 0;
    await world.putRules([ERRORS, LATE]);
    await world.countUp();
  });

  const open = async () =>
    (await alertEpisodes().where('live', '==', true).get()).docs
      .map((doc) => `${doc.data().rule} ${doc.data().state}`)
      .sort();
  const verbs = async () =>
    (await notifications().get()).docs.map((doc) => `${doc.data().rule} ${doc.data().message.verb}`).sort();
  const beats = () => receiver.at('/watchdog').length;

  it('gives a sign of life after each evaluation', async () => {
    for (let minute = 1; minute <= 3; minute++) {
      await world.nextMinute({});
      await tick();
      assert.equal(beats(), minute);
    }
  });

  it('gives one while the counting is late, since that is told of by a rule', async () => {
    world.clock.moveTo(world.clock.now() + 10 * MINUTE_MS);
    assert.equal((await tick()).muted, true);
    assert.equal(beats(), 1);
  });

  it('gives none when the evaluation or the sweep fails', async () => {
    await world.nextMinute({ google: { failed: 9 } });
    await assert.rejects(world.failing({ side: 'before' }, 0, tick));
    assert.equal(beats(), 0);
    await tick();
    assert.equal(beats(), 1);
  });

  it('gives none when what should go out cannot be enqueued', async () => {
    await world.nextMinute({ google: { failed: 9 } });
    await evaluate();
    // Nobody works at the tasks here, so the message is overdue soon.
    await world.nextMinute({ google: { failed: 9 } });
    const queue = process.env.CLOUD_TASKS_EMULATOR_HOST;
    process.env.CLOUD_TASKS_EMULATOR_HOST = '127.0.0.1:1';
    try {
      await assert.rejects(tick(), /could not be enqueued/);
    } finally {
      process.env.CLOUD_TASKS_EMULATOR_HOST = queue;
    }
    assert.equal(beats(), 0);
    await tick();
    assert.equal(beats(), 1);
  });

  for (const answer of [{ status: 500 }, 'cut'] as const) {
    it(`goes on when the watchdog ${answer === 'cut' ? 'hangs up' : 'is broken'}`, async () => {
      receiver.answers.set('/watchdog', answer);
      await world.nextMinute({ google: { failed: 9 } });
      await tick();
      assert.deepEqual(await verbs(), ['errors trigger']);
      assert.ok(logs.lines.some(({ component }) => component === 'alerting.heartbeat'));
    });
  }

  it('says nothing of numbers that are not counted, but of the counting, and of neither twice', async () => {
    await world.nextMinute({ google: { failed: 9 } });
    await evaluate();
    const through = world.clock.now();
    // Bad minutes that nobody has counted, and the end of those that somebody has.
    for (let minute = 0; minute < 10; minute++) {
      world.clock.moveTo(world.clock.now() + MINUTE_MS);
      const { muted } = await evaluate();
      assert.equal(muted, world.clock.now() - through > 3 * MINUTE_MS - 10_000, `${minute}`);
    }
    assert.deepEqual(await open(), ['errors firing', 'late firing']);
    assert.deepEqual(await verbs(), ['errors trigger', 'late trigger']);
    await world.nextMinute({});
    assert.equal((await evaluate()).muted, false);
    const states = (await alertEpisodes().get()).docs.map((doc) => `${doc.data().rule} ${doc.data().state}`).sort();
    assert.deepEqual(states, ['errors resolved', 'late resolved']);
    assert.deepEqual(await verbs(), ['errors resolve', 'errors trigger', 'late resolve', 'late trigger']);
  });

  const ends: [string, () => Promise<unknown>][] = [
    ['deleted', () => alertRules().doc('errors').delete()],
    ['switched off', () => alertRules().doc('errors').update({ enabled: false })],
    [
      'counted by something else',
      () =>
        alertRules()
          .doc('errors')
          .update({ groupBy: ['provider'] }),
    ],
    ['about a metric that there is not', () => alertRules().doc('errors').update({ metric: 'gone' })],
  ];
  for (const [what, end] of ends) {
    it(`ends what a rule began that is ${what}, and says so once`, async () => {
      await world.nextMinute({ google: { failed: 9 } });
      await evaluate();
      assert.deepEqual(await open(), ['errors firing']);
      await end();
      await world.nextMinute({ google: { failed: 1 } });
      await Promise.all([evaluate(), evaluate()]);
      await evaluate();
      assert.deepEqual(await open(), []);
      assert.deepEqual(await verbs(), ['errors resolve', 'errors trigger']);
      const [episode] = (await alertEpisodes().get()).docs;
      const lines = (await timeline(episode?.id ?? '').get()).docs.map((doc) => doc.data().reason);
      assert.deepEqual(lines.sort(), ['met_at_once', 'rule_changed']);
    });
  }

  it('does not end what a rule began that is newer than the evaluation', async () => {
    await world.nextMinute({ google: { failed: 9 } });
    await world.interrupted(evaluate, async () => {
      await world.putRules([ERRORS, LATE, { ...ERRORS, slug: 'newer' }]);
      world.clock.moveTo(world.clock.now() + 1);
      await evaluate();
    });
    assert.deepEqual(await open(), ['errors firing', 'newer firing']);
  });

  it('leads to exactly the numbers that it tells of, where they have a history', async () => {
    await world.putRules([{ ...ERRORS, groupBy: ['provider'] }, LATE]);
    await world.nextMinute({ google: { failed: 9 } });
    const toMs = world.clock.now() - MINUTE_MS;
    await evaluate();
    world.clock.moveTo(world.clock.now() + 10 * MINUTE_MS);
    await evaluate();
    const links = new Map(
      (await notifications().get()).docs.map((doc) => [doc.data().rule, doc.data().message.links] as const),
    );
    const data = links.get('errors')?.find(({ label }) => label === 'Data') ?? assert.fail();
    assert.deepEqual(Object.fromEntries(new URL(data.url).searchParams), {
      ...{ from: new Date(toMs - MINUTE_MS).toISOString(), to: new Date(toMs).toISOString() },
      ...{ granularity: '1m', provider: 'google' },
    });
    assert.deepEqual(
      links.get('late')?.map(({ label }) => label),
      ['Episode'],
    );
  });

  it('does not stop at a rule that makes trouble, and gives no sign of life then', async () => {
    await world.putRules([{ ...ERRORS, slug: 'aaa_first' }, ERRORS, LATE]);
    await world.nextMinute({ google: { failed: 9 } });
    await assert.rejects(world.failing({ side: 'before' }, 0, tick));
    assert.equal(beats(), 0);
    assert.deepEqual(await open(), ['errors firing'], 'the other rule was looked at');
    await tick();
    assert.deepEqual(await open(), ['aaa_first firing', 'errors firing']);
    assert.deepEqual(await verbs(), ['aaa_first trigger', 'errors trigger']);
  });
});
