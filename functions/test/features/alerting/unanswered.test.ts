import assert from 'node:assert/strict';
import type { Action } from '../../../src/core/alert/act.ts';
import { deliver, evaluate } from '../../../src/features/alerting/index.ts';
import { actOn, changeRule, createRule, deleteRule } from '../../../src/features/alerts/index.ts';
import { auditLog } from '../../../src/platform/audit.ts';
import { ERRORS, episode, reasons, startDesk, to } from './desk.ts';

const by = { actor: { uid: 'ann' }, from: '127.0.0.1' };

describe('a commit whose answer is lost', function () {
  this.timeout(60_000);
  const { world, receiver } = startDesk({ desk: {}, spare: { severities: [] } });

  beforeEach(async () => {
    await world.nextMinute({ google: { failed: 9 } });
  });

  /** `work`; the answer to its commit number `commit`, from 0, is lost. */
  const unanswered = (commit: number, work: () => Promise<unknown>) =>
    world.meeting({ side: 'unanswered' }, commit, work);
  const enqueued = () =>
    world.tasks.filter(({ queue }) => queue === 'deliverNotification').map(({ data }) => data.notificationId);

  it('of an evaluation holds nothing up: what it tells is on its way at once', async () => {
    await unanswered(0, evaluate);
    const { id } = await to('desk');
    assert.deepEqual(enqueued(), [id]);
    assert.deepEqual(await reasons(), ['met_at_once']);
  });

  const actions: Action[] = [
    { kind: 'acknowledge', by: by.actor, note: 'mine' },
    { kind: 'note', by: by.actor, note: 'It is the quota.' },
    { kind: 'snooze', by: by.actor, until: new Date('2041-01-01') },
    { kind: 'resolve', by: by.actor },
  ];
  for (const action of actions) {
    it(`of a person’s ${action.kind} is no conflict, and it is done once`, async () => {
      await evaluate();
      const { id } = await episode();
      let answered: string | undefined;
      await unanswered(0, async () => {
        answered = (await actOn(by, id, action)).id;
      });
      assert.equal(answered, id);
      assert.equal((await reasons()).length, 2);
      assert.equal((await auditLog().get()).size, 1);
    });
  }

  it('of a rule that a person makes, changes or deletes is no conflict', async () => {
    const done: string[] = [];
    const doing = (work: () => Promise<{ name: string }>) =>
      unanswered(0, async () => {
        done.push((await work()).name);
      });
    await doing(() => createRule(by, { ...ERRORS, slug: 'mine' }));
    await doing(() => changeRule(by, 'mine', (rule) => ({ ...rule, name: 'Ours' })));
    await doing(() => deleteRule(by, 'mine'));
    assert.deepEqual(done, ['Errors', 'Ours', 'Ours']);
    assert.equal((await auditLog().get()).size, 3);
  });

  it('of a claim is no lost attempt: the message goes out at once and is no duplicate', async () => {
    await evaluate();
    const { id } = await to('desk');
    await unanswered(0, () => deliver(id));
    const { state, attempts, possiblyDuplicate } = await to('desk');
    assert.deepEqual([state, attempts.length, possiblyDuplicate], ['sent', 1, false]);
    assert.equal(receiver.at('/desk').length, 1);
  });

  it('of a record does not put off the next attempt', async () => {
    await evaluate();
    const { id } = await to('desk');
    receiver.answers.set('/desk', { status: 503 });
    world.tasks.length = 0;
    await unanswered(1, () => deliver(id));
    const { state, nextAttemptAt } = await to('desk');
    assert.equal(state, 'waiting');
    assert.deepEqual(
      world.tasks.map(({ data, at }) => [data.notificationId, at]),
      [[id, nextAttemptAt?.toISOString()]],
    );
  });

  it('of a record does not put off the channel that takes it instead', async () => {
    await evaluate();
    receiver.answers.set('/desk', { status: 400 });
    world.tasks.length = 0;
    await unanswered(1, async () => deliver((await to('desk')).id));
    assert.equal((await to('desk')).state, 'dead');
    assert.deepEqual(enqueued(), [(await to('spare')).id]);
    assert.deepEqual(await reasons(), ['met_at_once', 'note']);
  });
});
