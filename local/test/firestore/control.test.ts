import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DatabaseSync } from 'node:sqlite';
import { MovableClock } from '../../clock.ts';
import { controlHandler } from '../../firestore/control.ts';
import { Triggers } from '../../firestore/triggers/triggers.ts';

const START_MS = Date.UTC(2026, 0, 1);

describe('firestore control API', () => {
  const calls: string[] = [];
  const clock = new MovableClock({ startAtMs: START_MS, running: false });
  let triggers: Triggers;
  let server: Server;
  let db: DatabaseSync;

  before(async () => {
    db = new DatabaseSync(':memory:');
    triggers = new Triggers({ db, clock, projectId: 'demo-p' });
    server = createServer(
      controlHandler({
        clock,
        triggers,
        usage: () => ({ total: { reads: 3, writes: 2, deletes: 1 } }),
        resetUsage: () => calls.push('resetUsage'),
        reset: async () => calls.push('reset'),
        wipeDocuments: (database) => calls.push(`wipe ${database}`),
      }),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });

  after(async () => {
    triggers.stop();
    clock.stop();
    await new Promise((resolve) => server.close(resolve));
    db.close();
  });

  async function call(method: string, path: string, content?: unknown): Promise<{ status: number; body: unknown }> {
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    const { port } = server.address() as AddressInfo;
    const init = content === undefined ? { method } : { method, body: text };
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { ...init, headers: { connection: 'close' } });
    const answer = await response.text();
    return { status: response.status, body: answer.startsWith('{') ? JSON.parse(answer) : answer };
  }

  const registration = {
    eventType: 'google.cloud.firestore.document.v1.created',
    database: '(default)',
    namespace: '(default)',
    document: { value: 'generations/{id}', matchType: 'PATH_PATTERN' },
  };
  const triggerPath = '/emulator/v1/projects/demo-p/eventarcTrigger?eventarcTriggerId=';

  it('says Ok at the root and 404 elsewhere', async () => {
    assert.deepEqual(await call('GET', '/'), { status: 200, body: 'Ok\n' });
    const missing = await call('GET', '/nowhere');
    assert.deepEqual(missing, { status: 404, body: { error: { code: 404, message: 'No route for GET /nowhere' } } });
    assert.equal((await call('DELETE', '/__firestore/usage')).status, 404);
  });

  it('tells and resets usage, and wipes', async () => {
    assert.deepEqual((await call('GET', '/__firestore/usage')).body, { total: { reads: 3, writes: 2, deletes: 1 } });
    await call('POST', '/__firestore/usage/reset');
    await call('POST', '/__firestore/reset');
    await call('DELETE', '/emulator/v1/projects/demo-p/databases/(default)/documents');
    await call('DELETE', '/emulator/v1/projects/demo-p/databases/%28other%29/documents');
    assert.deepEqual(calls, ['resetUsage', 'reset', 'wipe (default)', 'wipe (other)']);
  });

  it('follows a clock, forward only', async () => {
    const later = { nowMs: START_MS + 5_000, running: false };
    assert.deepEqual((await call('POST', '/__firestore/clock', later)).body, later);
    assert.deepEqual((await call('POST', '/__firestore/clock', { nowMs: START_MS, running: false })).body, later);
    assert.deepEqual((await call('GET', '/__firestore/clock')).body, later);
    assert.equal((await call('POST', '/__firestore/clock', { nowMs: 'soon', running: false })).status, 400);
    assert.equal((await call('POST', '/__firestore/clock', { nowMs: START_MS })).status, 400);
    assert.equal((await call('POST', '/__firestore/clock', 'no json')).status, 400);
  });

  it('registers and removes triggers as firebase-tools does', async () => {
    assert.deepEqual(await call('POST', `${triggerPath}us-central1-a-0`, registration), { status: 200, body: {} });
    assert.deepEqual(await call('PUT', `${triggerPath}us-central1-b-0`, registration), { status: 200, body: {} });
    assert.deepEqual((await call('GET', '/__firestore/triggers')).body, {
      pending: 0,
      inFlight: 0,
      nextDueMs: null,
      registered: ['us-central1-a-0', 'us-central1-b-0'],
    });
    assert.deepEqual((await call('DELETE', `${triggerPath}us-central1-a-0`)).body, { removed: true });
    assert.deepEqual((await call('DELETE', `${triggerPath}us-central1-a-0`)).body, { removed: false });
    assert.deepEqual((await call('POST', '/__firestore/triggers/settle')).body, {
      settled: true,
      pending: 0,
      inFlight: 0,
      nextDueMs: null,
      registered: ['us-central1-b-0'],
    });
    assert.equal((await call('POST', '/__firestore/triggers/chaos', { duplicate: true, seed: 4 })).status, 200);
    assert.deepEqual((await call('PUT', '/emulator/v1/projects/demo-p:securityRules', {})).body, { issues: [] });
  });

  const bad: { name: string; key?: string; body: object }[] = [
    { name: 'no key', key: '', body: registration },
    { name: 'an unknown event type', body: { ...registration, eventType: 'document.write' } },
    { name: 'no document', body: { ...registration, document: undefined } },
    { name: 'an unknown match type', body: { ...registration, document: { value: 'a/{b}', matchType: 'LIKE' } } },
    { name: 'a retry that is no boolean', body: { ...registration, retry: 'yes' } },
    { name: 'a host that is no text', body: { ...registration, functionsHost: 5001 } },
  ];
  for (const { name, key = 'k', body } of bad) {
    it(`refuses a trigger with ${name}`, async () => {
      assert.equal((await call('POST', `${triggerPath}${key}`, body)).status, 400);
    });
  }
});
