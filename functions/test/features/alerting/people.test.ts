import assert from 'node:assert/strict';
import type { RuleInput } from '../../../src/core/alert/rule.ts';
import { escalate, evaluate } from '../../../src/features/alerting/index.ts';
import { actOn } from '../../../src/features/alerts/index.ts';
import { notifications } from '../../../src/platform/alerts.ts';
import { capturedLogs, type Logs } from '../../stack/harness.ts';
import { episode, reasons } from './desk.ts';
import { MINUTE_MS, World } from './world.ts';

const RULE: RuleInput = {
  ...{ slug: 'errors', name: 'Errors', metric: 'errorCount', windowMin: 1 },
  condition: { type: 'threshold', op: '>', warning: 3, critical: 6 },
  escalation: { steps: [{ afterMin: 5, channels: ['pager'] }] },
};
const secret = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
const CHANNELS = ['desk', 'pager'].map((id) => ({
  ...{ id, kind: 'webhook', url: 'http://127.0.0.1:9/', secret },
  ...(id === 'pager' && { severities: [] }),
}));
const ann = { actor: { uid: 'ann' }, from: '127.0.0.1' };
const acknowledge = { kind: 'acknowledge', by: ann.actor } as const;

describe('a person who acts while an evaluation runs', function () {
  this.timeout(60_000);
  const world = new World();
  let logs: Logs;

  before(async () => {
    logs = capturedLogs();
    await world.start(CHANNELS);
  });
  after(async () => {
    await world.stop();
    logs.restore();
  });
  beforeEach(async () => {
    world.reset();
    await world.putRules([RULE]);
    await world.nextMinute({ google: { failed: 4 } });
    await evaluate();
  });

  const told = async () =>
    (await notifications().get()).docs
      .map((doc) => doc.data())
      .sort((a, b) => a.seq - b.seq || (a.channelId < b.channelId ? -1 : 1))
      .map(({ message, channelId }) => `${message.verb} ${message.reason} ${channelId}`);

  const act = async (action: Parameters<typeof actOn>[2]) => actOn(ann, (await episode()).id, action);

  it('is not overwritten: what the evaluation saw comes after', async () => {
    await world.nextMinute({ google: { failed: 5 } });
    await world.interrupted(evaluate, () => act({ kind: 'note', by: ann.actor, note: 'I look.' }));
    const { lastObservation, seq } = await episode();
    assert.equal(lastObservation?.value, 5);
    assert.equal(seq, 2);
    assert.deepEqual(await reasons(), ['met_at_once', 'note']);
  });

  it('who has it is not called by a step that was due at that moment', async () => {
    world.clock.moveTo(world.clock.now() + 5 * MINUTE_MS);
    const { id } = await episode();
    await world.interrupted(
      () => escalate(id),
      () => act(acknowledge),
    );
    await evaluate();
    assert.equal((await episode()).state, 'acknowledged');
    assert.deepEqual(await told(), ['trigger met_at_once desk', 'acknowledge acknowledged desk']);
  });

  it('has what was a warning, not what is critical now', async () => {
    await world.nextMinute({ google: { failed: 9 } });
    await world.interrupted(evaluate, () => act(acknowledge));
    const { state, severity, acknowledgement } = await episode();
    assert.deepEqual([state, severity, acknowledgement], ['firing', 'critical', undefined]);
    assert.deepEqual(await reasons(), ['met_at_once', 'acknowledged', 'severity_raised']);
  });

  it('acts on what the evaluation has made of it, where that was faster', async () => {
    await world.nextMinute({ google: { failed: 0 } });
    await world.interrupted(
      () => assert.rejects(act(acknowledge), /it is resolved/),
      () => evaluate(),
    );
    assert.deepEqual(await reasons(), ['met_at_once', 'recovered']);
  });

  it('ends what fires only once, with the evaluation that ends it, too', async () => {
    await world.nextMinute({ google: { failed: 0 } });
    await world.interrupted(evaluate, () => act({ kind: 'resolve', by: ann.actor }));
    assert.deepEqual(await told(), ['trigger met_at_once desk', 'resolve resolved_by_hand desk']);
    assert.equal((await episode()).live, false);
  });
});
