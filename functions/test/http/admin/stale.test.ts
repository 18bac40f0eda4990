import assert from 'node:assert/strict';
import { type Client, clientFor, database, type QuietStack, quietStack, send } from '../../stack/harness.ts';
import { assertRefusal } from '../refusal.ts';
import { bodyOf, letInAgain } from './people.ts';

describe('administration does not go by what was true a moment ago', () => {
  let stack: QuietStack;
  let root: Client;

  before(async function () {
    this.timeout(30_000);
    stack = await quietStack({ limits: true });
    root = await clientFor(stack, 'root', { role: 'admin' });
  });
  after(() => stack?.stop());

  const change = (uid: string, body: object) =>
    root.call('PATCH', `/admin/users/${uid}`, { reason: 'a test', ...body });
  /** An admin with an account, whom this instance has just seen. */
  async function adminSeen(uid: string): Promise<Client> {
    const admin = await clientFor(stack, uid, { role: 'admin' });
    bodyOf(await root.call('POST', `/admin/users/${uid}/credits`, { credits: 1, reason: 'a test' }));
    assert.equal((await admin.call('GET', '/admin/settings')).status, 200);
    return admin;
  }
  /** Changes an account as another instance would: this one is not told. */
  const elsewhere = async (uid: string, fields: object) =>
    void (await (await database()).doc(`users/${uid}`).set(fields, { merge: true }));

  it('an admin who has lost the role on another instance cannot give it back to themselves', async () => {
    const ada = await adminSeen('ada');
    await elsewhere('ada', { tokensValidFrom: new Date('9999-01-01T00:00:00.000Z') });
    const again = await ada.call('PATCH', '/admin/users/ada', { role: 'admin', reason: 'I want it' });
    assertRefusal(again, { status: 401, code: 'unauthenticated' });
  });

  it('one who is suspended on another instance can neither administer nor make a key', async () => {
    const bea = await adminSeen('bea');
    await elsewhere('bea', { suspendedAt: new Date(stack.clock.now()), suspendedFor: 'a test' });
    const lifted = await bea.call('PATCH', '/admin/users/bea', { suspended: false, reason: 'no' });
    assertRefusal(lifted, { status: 403, code: 'suspended' });
    const key = await bea.call('POST', '/api-keys', { name: 'x', scopes: ['generate'] });
    assertRefusal(key, { status: 403, code: 'suspended' });
  });

  it('lets in whoever was disabled at Firebase Auth, and says so in the audit log', async () => {
    const dee = await clientFor(stack, 'dee');
    const { getApps } = await import('firebase-admin/app');
    const { getAuth } = await import('firebase-admin/auth');
    const app = getApps().find(({ name }) => name === '[DEFAULT]');
    assert.ok(app);
    const key = bodyOf(await dee.call('POST', '/api-keys', { name: 'x', scopes: ['generate'] }), 201).key;
    const byKey = () => send(`${stack.url}/api/v1/me`, 'GET', undefined, { 'X-API-Key': key });
    await getAuth(app).updateUser('dee', { disabled: true });
    assertRefusal(await byKey(), { status: 403, code: 'suspended' });
    assert.equal(bodyOf(await change('dee', { suspended: false })).disabled, false);
    assert.equal((await byKey()).status, 200);
    assert.equal((await (await letInAgain(stack, dee))('GET', '/me')).status, 200);
    const { entries } = bodyOf(await root.call('GET', '/admin/audit-log?target=dee'));
    const [told, ...none] = entries;
    assert.deepEqual(none, []);
    assert.equal(told.action, 'user.reinstated');
    assert.deepEqual(
      [told.before, told.after],
      [
        { suspended: false, disabled: true },
        { suspended: false, disabled: false },
      ],
    );
  });
});
