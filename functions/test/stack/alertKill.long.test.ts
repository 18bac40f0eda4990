import assert from 'node:assert/strict';
import { deleteApp, getApp, initializeApp } from 'firebase-admin/app';
import { type Firestore, getFirestore } from 'firebase-admin/firestore';
import { type Processes, startProcesses } from '../../../local/stack/processes.ts';
import { PROJECT_ID } from '../../../local/stack/project.ts';
import { DEFAULT_RULES } from '../../src/core/alert/defaultRules.ts';
import { ruleSchema } from '../../src/core/alert/rule.ts';
import { Receiver } from '../features/alerting/receiver.ts';
import { report } from '../http/ingest/reports.ts';
import { clientFor, NOON, send } from './harness.ts';

const MINUTE_MS = 60_000;

describe('the host killed between a message and its record', function () {
  this.timeout(60_000);
  const receiver = new Receiver();
  let stack: Processes;
  let db: Firestore;

  before(async () => {
    await receiver.start();
    stack = await startProcesses({
      clock: { nowMs: NOON, running: false },
      env: { ALERT_CHANNELS: JSON.stringify([receiver.channel('desk')]), WEBHOOK_ALLOW_PRIVATE: 'true' },
    });
    Object.assign(process.env, { FIRESTORE_EMULATOR_HOST: stack.firestoreHost, METADATA_SERVER_DETECTION: 'none' });
    db = getFirestore(initializeApp({ projectId: PROJECT_ID }, 'alert-kill-test'));
    const rule = ruleSchema.parse({
      ...{ slug: 'errors', name: 'Errors', metric: 'errorCount', windowMin: 5 },
      condition: { type: 'threshold', op: '>', critical: 3 },
    });
    await db.doc('alert_rules/errors').set({ ...rule, version: 1, origin: 'api', updatedBy: 'system' });
    await db.doc('projection_state/alerts').set({ revision: 0, seeded: DEFAULT_RULES.map(({ slug }) => slug) });
  });
  after(async () => {
    await deleteApp(getApp('alert-kill-test'));
    delete process.env.FIRESTORE_EMULATOR_HOST;
    await stack?.stop();
    await receiver.stop();
  });

  const advance = (advanceMs: number) => send(`${stack.url}/__local/clock`, 'POST', { advanceMs });

  it('sends it again under the same id, marked, and once only', async () => {
    const ingest = await clientFor(stack, 'ingest', { role: 'ingest' });
    const at = new Date(NOON).toISOString();
    const failures = Array.from({ length: 5 }, (_, i) =>
      report(`failed-${i}`, {
        ...{ requestedAt: new Date(NOON - 60_000).toISOString(), endedAt: at, outcome: 'failed', videoSec: 0 },
        errorCode: 'provider_internal',
      }),
    );
    for (const failure of failures) {
      const { status, body } = await ingest.call('POST', '/metrics/generations', failure);
      assert.equal(status, 200, JSON.stringify(body));
    }
    const killed = new Promise<void>((done) => {
      receiver.onReceived = () => {
        receiver.onReceived = undefined;
        done(stack.killHost());
      };
    });
    receiver.answers.set('/desk', 'hang');
    // It is answered when all work is done, which the kill prevents.
    const moving = advance(3 * MINUTE_MS).catch(() => undefined);
    await killed;
    receiver.answers.clear();
    await stack.restartHost();
    await moving;
    await advance(10 * MINUTE_MS);
    const [first, second, ...more] = receiver.at('/desk').filter(({ body }) => body.includes('"alert.triggered"'));
    assert.ok(first && second);
    assert.deepEqual(more, []);
    assert.equal(first.headers['webhook-id'], second.headers['webhook-id']);
    assert.doesNotMatch(first.body, /possiblyDuplicate"?:\s*true/);
    assert.match(second.body, /possiblyDuplicate"?:\s*true/);
    const outbox = (await db.collection('notifications').get()).docs.map((doc) => doc.data());
    const [only, ...others] = outbox.filter(({ message }) => message.verb === 'trigger');
    assert.deepEqual(others, []);
    assert.equal(only?.state, 'sent');
    assert.deepEqual(
      only.attempts.map(({ outcome }: { outcome: string }) => outcome),
      ['lost', 'sent'],
    );
  });
});
