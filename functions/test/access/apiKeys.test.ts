import assert from 'node:assert/strict';
import { assertRefusal } from '../http/refusal.ts';
import {
  type Answer,
  type Client,
  clientFor,
  database,
  NOON,
  type QuietStack,
  quietStack,
  send,
} from '../stack/harness.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

describe('API keys', () => {
  let stack: QuietStack;
  let ann: Client;
  let al: Client;
  let root: Client;
  /** Every secret that was shown. */
  const shown: string[] = [];

  before(async function () {
    this.timeout(30_000);
    stack = await quietStack();
    ann = await clientFor(stack, 'ann');
    al = await clientFor(stack, 'al', { role: 'analyst' });
    root = await clientFor(stack, 'root', { role: 'admin' });
  });
  after(() => stack?.stop());
  beforeEach(() => stack.host.advanceBy(61_000));

  async function made(
    client: Client,
    wish: object = {},
  ): Promise<{ id: string; key: string } & Record<string, string>> {
    const { status, body } = await client.call('POST', '/api-keys', {
      name: 'reporter',
      scopes: ['generate'],
      ...wish,
    });
    assert.equal(status, 201, JSON.stringify(body));
    shown.push(body.key.split('_')[2]);
    return body;
  }
  const withKey = (key: string, path = '/generations', method = 'GET', body?: object): Promise<Answer> =>
    send(`${stack.url}/api/v1${path}`, method, body, { 'X-API-Key': key });
  const refused = async (key: string, detail: RegExp) =>
    assert.match(assertRefusal(await withKey(key), { status: 401, code: 'unauthenticated' }).detail, detail);
  const stored = async (id: string) => (await (await database()).doc(`api_keys/${id}`).get()).data() ?? {};
  const audited = async (id: string) => {
    const all = await (await database()).collection('audit_log').get();
    return all.docs.map((doc) => doc.data()).filter(({ target }) => target.id === id);
  };

  it('is shown once, and listed without its secret', async () => {
    const { key, ...view } = await made(ann, { name: 'Reporter Nr. 1' });
    assert.match(key, new RegExp(`^dly_${view.id}_[0-9a-f]{48}$`));
    const nowMs = stack.clock.now();
    assert.deepEqual(view, {
      ...{ id: view.id, uid: 'ann', name: 'Reporter Nr. 1', prefix: `dly_${view.id}`, scopes: ['generate'] },
      ...{ status: 'active', createdAt: new Date(nowMs).toISOString(), secretSince: new Date(nowMs).toISOString() },
      expiresAt: new Date(nowMs + 90 * DAY_MS).toISOString(),
    });
    const { body } = await ann.call('GET', '/api-keys');
    assert.deepEqual(body, { apiKeys: [view] });
    const { secretHash } = await stored(view.id);
    assert.match(secretHash, /^[0-9a-f]{64}$/);
  });

  it('acts as its owner, sent either way', async () => {
    const { key } = await made(ann);
    const wish = { model: 'veo-3.1-fast-generate-001', prompt: 'a lighthouse at dusk', durationSec: 4 };
    const asked = await withKey(key, '/generations', 'POST', wish);
    assert.equal(asked.status, 202, JSON.stringify(asked.body));
    assert.equal((await ann.generation(asked.body.id)).id, asked.body.id);
    const bearer = await send(`${stack.url}/api/v1/generations/${asked.body.id}`, 'GET', undefined, {
      Authorization: `Bearer ${key}`,
    });
    assert.equal(bearer.body.id, asked.body.id);
    assertRefusal(await al.call('GET', `/generations/${asked.body.id}`), { status: 404 });
    const both = await ann.call('GET', '/models', undefined, { 'X-API-Key': key });
    assertRefusal(both, { status: 401, code: 'unauthenticated' });
  });

  it('costs one read, and one write in ten minutes to note its use', async () => {
    const { id, key } = await made(ann);
    await withKey(key, '/models');
    const firstUseMs = stack.clock.now();
    assert.equal((await stored(id)).lastUsedAt.toMillis(), firstUseMs);
    stack.cloud.firestore.resetUsage();
    for (let i = 0; i < 5; i++) assert.equal((await withKey(key, '/models')).status, 200);
    const { reads, writes } = stack.cloud.firestore.usage().total;
    assert.deepEqual({ reads, writes }, { reads: 5, writes: 0 });
    await stack.host.advanceBy(600_000);
    await Promise.all(Array.from({ length: 8 }, () => withKey(key, '/models')));
    assert.equal((await stored(id)).lastUsedAt.toMillis(), firstUseMs + 600_000);
  });

  it('has an end within a year', async () => {
    const { expiresAt } = await made(ann, { expiresInDays: 1 });
    assert.equal(expiresAt, new Date(stack.clock.now() + DAY_MS).toISOString());
    const { key } = await made(ann, { expiresAt: new Date(stack.clock.now() + 90_000).toISOString() });
    await stack.host.advanceBy(89_999);
    assert.equal((await withKey(key)).status, 200);
    await stack.host.advanceBy(1);
    await refused(key, /expired/);
    for (const wish of [
      { expiresInDays: 0 },
      { expiresInDays: 366 },
      { expiresInDays: 1.5 },
      { expiresAt: new Date(stack.clock.now()).toISOString() },
      { expiresAt: new Date(stack.clock.now() + 366 * DAY_MS).toISOString() },
      { expiresInDays: 1, expiresAt: new Date(stack.clock.now() + DAY_MS).toISOString() },
    ]) {
      const answer = await ann.call('POST', '/api-keys', { name: 'x', scopes: ['generate'], ...wish });
      assertRefusal(answer, { status: 400, code: 'invalid_request' });
    }
  }).timeout(30_000);

  it('is rotated: the new secret at once, the old one until its grace ends', async () => {
    const { id, key: first } = await made(ann);
    const { status, body } = await ann.call('POST', `/api-keys/${id}/rotate`, { graceHours: 1 });
    assert.equal(status, 200);
    shown.push(body.key.split('_')[2]);
    assert.notEqual(body.key, first);
    assert.equal(body.earlierSecretsValidUntil, new Date(stack.clock.now() + HOUR_MS).toISOString());
    for (const key of [first, body.key]) assert.equal((await withKey(key)).status, 200);
    await stack.host.advanceBy(HOUR_MS);
    await refused(first, /replaced/);
    assert.equal((await withKey(body.key)).status, 200);
    const again = await ann.call('POST', `/api-keys/${id}/rotate`, { graceHours: 0 });
    await refused(body.key, /not valid/);
    assert.equal((await withKey(again.body.key)).status, 200);
    for (const other of [al, root]) {
      assertRefusal(await other.call('POST', `/api-keys/${id}/rotate`, {}), { status: 404 });
    }
  }).timeout(30_000);

  it('is revoked at once, all its secrets with it, and again without a change', async () => {
    const { id, key: first } = await made(ann);
    const { body } = await ann.call('POST', `/api-keys/${id}/rotate`, {});
    assert.equal((await withKey(first)).status, 200);
    assertRefusal(await al.call('DELETE', `/api-keys/${id}`), { status: 404 });
    const revoked = await ann.call('DELETE', `/api-keys/${id}`);
    assert.deepEqual([revoked.status, revoked.body.status], [200, 'revoked']);
    await refused(first, /not valid/);
    await refused(body.key, /revoked/);
    await stack.host.advanceBy(5_000);
    const again = await ann.call('DELETE', `/api-keys/${id}`);
    assert.deepEqual(again.body, revoked.body);
    assertRefusal(await ann.call('POST', `/api-keys/${id}/rotate`, {}), { status: 409 });
    assert.deepEqual((await audited(id)).map(({ action }) => action).sort(), [
      'api_key.created',
      'api_key.revoked',
      'api_key.rotated',
    ]);
  });

  it('an admin sees and revokes anybody’s, and the log says who and from where', async () => {
    const { id, key } = await made(ann);
    assertRefusal(await al.call('GET', '/api-keys?uid=ann'), { status: 403, code: 'forbidden' });
    const seen: { id: string }[] = (await root.call('GET', '/api-keys?uid=ann')).body.apiKeys;
    assert.ok(seen.some((each) => each.id === id));
    const headers = { 'X-Request-Id': 'the-revocation' };
    assert.equal((await root.call('DELETE', `/api-keys/${id}`, undefined, headers)).status, 200);
    await refused(key, /revoked/);
    const entry = (await audited(id)).find(({ action }) => action === 'api_key.revoked') ?? {};
    const { at, shard, ...rest } = entry;
    assert.equal(at.toMillis(), stack.clock.now());
    assert.ok(Number.isInteger(shard));
    assert.deepEqual(rest, {
      actor: { uid: 'root', role: 'admin' },
      action: 'api_key.revoked',
      target: { type: 'api_key', id },
      ...{ before: { status: 'active' }, after: { status: 'revoked', uid: 'ann' } },
      ...{ from: '127.0.0.1', requestId: 'the-revocation' },
    });
  });

  it('has only scopes that its owner’s role has a use for, at any time', async () => {
    for (const scope of ['ingest', 'read:analytics', 'scrape', 'manage:alerts']) {
      const answer = await ann.call('POST', '/api-keys', { name: 'x', scopes: ['generate', scope] });
      assertRefusal(answer, { status: 403, code: 'forbidden' });
    }
    const { key } = await made(al, { scopes: ['read:analytics'] });
    assert.equal((await withKey(key, '/health/services')).status, 200);
    assertRefusal(await withKey(key), { status: 403, code: 'forbidden' });
    const owner = `http://${stack.cloud.auth.host}/identitytoolkit.googleapis.com/v1/projects/demo-dailies/accounts:update`;
    await send(owner, 'POST', { localId: 'al', customAttributes: '{}' }, { Authorization: 'Bearer owner' });
    await stack.host.advanceBy(30_000);
    assertRefusal(await withKey(key, '/health/services'), { status: 403, code: 'forbidden' });
  });

  it('lets nobody in for an owner who is disabled or gone', async () => {
    const bob = await clientFor(stack, 'bob');
    const { key } = await made(bob);
    assert.equal((await withKey(key)).status, 200);
    const owner = `http://${stack.cloud.auth.host}/identitytoolkit.googleapis.com/v1/projects/demo-dailies/accounts:update`;
    await send(owner, 'POST', { localId: 'bob', disableUser: true }, { Authorization: 'Bearer owner' });
    await stack.host.advanceBy(30_000);
    assertRefusal(await withKey(key), { status: 403, code: 'suspended' });
    assertRefusal(await bob.call('GET', '/models'), { status: 403, code: 'suspended' });
    await send(owner.replace(':update', ':delete'), 'POST', { localId: 'bob' }, { Authorization: 'Bearer owner' });
    await stack.host.advanceBy(30_000);
    await refused(key, /no more/);
  });

  it('of one user there are at most 20 that live, also when several are asked for at once', async () => {
    const eve = await clientFor(stack, 'eve');
    const wish = { name: 'many', scopes: ['generate'] };
    for (let i = 0; i < 18; i++) await made(eve);
    const answers = await Promise.all(Array.from({ length: 4 }, () => eve.call('POST', '/api-keys', wish)));
    const said = JSON.stringify(answers.map(({ status, body }) => [status, body.detail]));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [201, 201, 409, 409], said);
    await stack.host.advanceBy(61_000);
    const { body } = await eve.call('GET', '/api-keys');
    assert.equal(body.apiKeys.length, 20);
    assert.equal((await eve.call('DELETE', `/api-keys/${body.apiKeys[0].id}`)).status, 200);
    assert.equal((await eve.call('POST', '/api-keys', wish)).status, 201);
    assertRefusal(await eve.call('POST', '/api-keys', wish), { status: 409, code: 'conflict' });
  }).timeout(30_000);

  it('no secret is in a log, a document or an entry of the audit log', async () => {
    assert.ok(shown.length > 10);
    const db = await database();
    const kept = await Promise.all(
      ['api_keys', 'audit_log'].map(async (name) => (await db.collection(name).get()).docs),
    );
    const text = `${stack.logs.text()}${JSON.stringify(kept.flat().map((doc) => doc.data()))}`;
    for (const secret of shown) assert.equal(text.includes(secret), false);
    const hashes = (await db.collection('api_keys').get()).docs.map((doc) => doc.get('secretHash'));
    const elsewhere = `${stack.logs.text()}${JSON.stringify(kept[1]?.map((doc) => doc.data()))}`;
    for (const hash of hashes) assert.equal(elsewhere.includes(hash), false);
    assert.ok(stack.clock.now() > NOON);
  });
});
