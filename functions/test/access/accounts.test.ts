import assert from 'node:assert/strict';
import { signIn } from '../../../local/auth/accounts.ts';
import { assertRefusal } from '../http/refusal.ts';
import { type Client, clientFor, database, NOON, type QuietStack, quietStack, send } from '../stack/harness.ts';

const KEPT_MS = 30_000;

describe('accounts at the edge', () => {
  let stack: QuietStack;
  let ann: Client;

  before(async function () {
    this.timeout(30_000);
    stack = await quietStack({ env: { FIRST_ADMIN_UID: 'founder' } });
    ann = await clientFor(stack, 'ann');
    assert.equal((await ann.call('GET', '/generations')).status, 200);
  });
  after(() => stack?.stop());

  const account = async (uid: string, fields: object) =>
    void (await (await database()).doc(`users/${uid}`).set(fields, { merge: true }));
  const freshToken = async (uid: string) =>
    (await signIn(stack.cloud.auth.host, `${uid}@example.test`, 'secret-1')).idToken;

  it('reading somebody who has none writes nothing, and is done once in 30 s', async () => {
    const bob = await clientFor(stack, 'bob');
    stack.cloud.firestore.resetUsage();
    await Promise.all(Array.from({ length: 10 }, () => bob.call('GET', '/models')));
    const { reads, writes } = stack.cloud.firestore.usage().total;
    assert.deepEqual({ reads, writes }, { reads: 1, writes: 0 });
    assert.equal((await (await database()).doc('users/bob').get()).exists, false);
  });

  it('a suspended one is let in nowhere, with token or key, from 30 s later at the latest', async () => {
    const eve = await clientFor(stack, 'eve');
    const { body } = await eve.call('POST', '/api-keys', { name: 'x', scopes: ['generate'] });
    const withKey = (path: string) => send(`${stack.url}/api/v1${path}`, 'GET', undefined, { 'X-API-Key': body.key });
    assert.equal((await withKey('/models')).status, 200);
    await account('eve', { suspendedAt: new Date(NOON), suspendedFor: 'MARKED-REASON' });
    await stack.host.advanceBy(KEPT_MS);
    for (const path of ['/models', '/generations', '/generations/abc', '/api-keys', '/health/services']) {
      const refusal = assertRefusal(await eve.call('GET', path), { status: 403, code: 'suspended' });
      assert.doesNotMatch(JSON.stringify(refusal), /MARKED/);
    }
    assertRefusal(await withKey('/models'), { status: 403, code: 'suspended' });
    assert.equal((await eve.call('GET', '/health')).status, 200, 'what is for anybody is for them, too');
    await account('eve', { suspendedAt: null });
    await stack.host.advanceBy(KEPT_MS);
    assert.equal((await eve.call('GET', '/models')).status, 200);
  });

  it('ID tokens from before a change are refused, later ones are not', async () => {
    const issuedAtMs =
      Number(JSON.parse(Buffer.from(ann.idToken.split('.')[1] ?? '', 'base64url').toString()).iat) * 1_000;
    await account('ann', { tokensValidFrom: new Date(issuedAtMs + 1) });
    await stack.host.advanceBy(KEPT_MS);
    const refusal = assertRefusal(await ann.call('GET', '/models'), { status: 401, code: 'unauthenticated' });
    assert.match(refusal.detail, /sign in again/);
    await account('ann', { tokensValidFrom: new Date(issuedAtMs) });
    await stack.host.advanceBy(KEPT_MS);
    assert.equal((await ann.call('GET', '/models')).status, 200);
    const Authorization = `Bearer ${await freshToken('ann')}`;
    assert.equal((await ann.call('GET', '/models', undefined, { Authorization })).status, 200);
  });

  it('keys rest while what their owner may do is being changed', async () => {
    const cy = await clientFor(stack, 'cy');
    const { body } = await cy.call('POST', '/api-keys', { name: 'x', scopes: ['generate'] });
    const withKey = () => send(`${stack.url}/api/v1/models`, 'GET', undefined, { 'X-API-Key': body.key });
    await account('cy', { tokensValidFrom: new Date('9999-01-01T00:00:00.000Z') });
    await stack.host.advanceBy(KEPT_MS);
    assertRefusal(await withKey(), { status: 401, code: 'unauthenticated' });
    await account('cy', { tokensValidFrom: new Date() });
    await stack.host.advanceBy(KEPT_MS);
    assert.equal((await withKey()).status, 200);
  });

  it('the first admin needs no claim, and nobody else is one', async () => {
    const founder = await clientFor(stack, 'founder');
    assert.equal((await founder.call('GET', '/api-keys?uid=ann')).status, 200);
    assertRefusal(await ann.call('GET', '/api-keys?uid=founder'), { status: 403 });
    const { body } = await founder.call('POST', '/api-keys', { name: 'x', scopes: ['scrape', 'read:analytics'] });
    const answer = await send(`${stack.url}/api/v1/health/services`, 'GET', undefined, { 'X-API-Key': body.key });
    assert.equal(answer.status, 200);
  });
});
