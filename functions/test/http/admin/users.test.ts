import assert from 'node:assert/strict';
import { DEFAULT_SETTINGS } from '../../../src/core/settings/settings.ts';
import { type Client, clientFor, database, type QuietStack, quietStack } from '../../stack/harness.ts';
import { assertRefusal } from '../refusal.ts';
import { bodyOf, letInAgain } from './people.ts';

const FREE = DEFAULT_SETTINGS.limits.free.signupCredits;
const PREMIUM = DEFAULT_SETTINGS.limits.premium;

describe('administration of users', () => {
  let stack: QuietStack;
  let root: Client;

  before(async function () {
    this.timeout(30_000);
    stack = await quietStack({ limits: true, env: { FIRST_ADMIN_UID: 'first' } });
    root = await clientFor(stack, 'root', { role: 'admin' });
  });
  after(() => stack?.stop());

  const change = (uid: string, body: object) =>
    root.call('PATCH', `/admin/users/${uid}`, { reason: 'a test', ...body });
  const give = (uid: string, body: object, key?: string) =>
    root.call(
      'POST',
      `/admin/users/${uid}/credits`,
      { reason: 'a test', ...body },
      key === undefined ? {} : { 'Idempotency-Key': key },
    );
  const auditOf = async (target: string) => bodyOf(await root.call('GET', `/admin/audit-log?target=${target}`)).entries;
  const entriesOf = async (uid: string) =>
    (await (await database()).collection('credit_ledger').get()).docs
      .map((doc) => doc.data())
      .filter((entry) => entry.uid === uid);

  it('shows a user who has not asked for anything yet', async () => {
    await clientFor(stack, 'new', { premium: true });
    const { createdAt, lastUsedAt, limits, ...user } = bodyOf(await root.call('GET', '/admin/users/new'));
    assert.ok(Date.parse(createdAt) > 0 && Date.parse(lastUsedAt) >= Date.parse(createdAt) - 1_000);
    assert.equal(limits.concurrentGenerations, PREMIUM.concurrentGenerations);
    assert.deepEqual(user, {
      ...{ uid: 'new', email: 'new@example.test', tier: 'premium', disabled: false, hasAccount: false },
      ...{ availableCredits: 0, heldCredits: 0, openGenerations: 0, ledger: [] },
    });
    assertRefusal(await root.call('GET', '/admin/users/nobody'), { status: 404, code: 'not_found' });
  });

  it('lists all users in pages', async () => {
    const seen: string[] = [];
    let cursor = '';
    do {
      const page = bodyOf(await root.call('GET', `/admin/users?limit=1${cursor}`));
      assert.ok(page.users.length <= 1);
      seen.push(...page.users.map((user: { uid: string }) => user.uid));
      cursor = page.nextCursor ? `&cursor=${encodeURIComponent(page.nextCursor)}` : '';
    } while (cursor !== '');
    assert.deepEqual(seen, ['new', 'root']);
  });

  it('takes a role away from an old token at once, and gives the new one to the next', async () => {
    const al = await clientFor(stack, 'al', { role: 'analyst', premium: true });
    assert.equal((await al.call('GET', '/health/services')).status, 200);
    assert.equal(bodyOf(await change('al', { role: 'none' })).role, undefined);
    assertRefusal(await al.call('GET', '/health/services'), { status: 401, code: 'unauthenticated' });
    const again = await letInAgain(stack, al);
    assertRefusal(await again('GET', '/health/services'), { status: 403, code: 'forbidden' });
    assert.equal(bodyOf(await again('GET', '/me')).tier, 'premium', 'other claims stay');
    await stack.host.advanceBy(1);
    bodyOf(await change('al', { role: 'ingest' }));
    const [entry, earlier, ...none] = await auditOf('al');
    assert.deepEqual(none, []);
    assert.deepEqual([entry.before, entry.after], [{ role: null }, { role: 'ingest' }]);
    const { id, at, requestId, from, ...told } = earlier;
    assert.ok(id && requestId && from === '127.0.0.1', from);
    assert.equal(at, new Date(stack.clock.now() - 1).toISOString());
    assert.deepEqual(told, {
      actor: { uid: 'root', role: 'admin' },
      ...{ action: 'user.role_changed', target: { type: 'user', id: 'al' }, reason: 'a test' },
      ...{ before: { role: 'analyst' }, after: { role: null } },
    });
  }).timeout(15_000);

  it('changes nothing, and tells nothing, when all is so already', async () => {
    const { writes } = stack.cloud.firestore.usage().total;
    bodyOf(await change('al', { role: 'ingest', suspended: false, tier: 'premium' }));
    assert.equal(stack.cloud.firestore.usage().total.writes, writes);
  });

  it('leaves an admin their own role', async () => {
    for (const body of [{ role: 'none' }, { role: 'analyst' }, { suspended: true }]) {
      assertRefusal(await change('root', body), { status: 409, code: 'conflict' });
    }
    assert.equal((await root.call('GET', '/admin/settings')).status, 200);
  });

  it('leaves the role to whoever has it by a param', async () => {
    await clientFor(stack, 'first');
    assert.equal(bodyOf(await root.call('GET', '/admin/users/first')).role, 'admin');
    assertRefusal(await change('first', { role: 'none' }), { status: 409, code: 'conflict' });
  });

  it('puts a user on a tier, with its limits', async () => {
    const tim = await clientFor(stack, 'tim');
    assert.equal(
      bodyOf(await change('tim', { tier: 'premium' })).limits.concurrentGenerations,
      PREMIUM.concurrentGenerations,
    );
    assertRefusal(await tim.call('GET', '/me'), { status: 401 });
    const me = bodyOf(await (await letInAgain(stack, tim))('GET', '/me'));
    assert.equal(me.limits.concurrentGenerations.allowed, PREMIUM.concurrentGenerations);
    assert.equal(me.availableCredits, FREE, 'a new tier brings no credits');
  }).timeout(15_000);

  it('finishes a change of claims that stopped half way, and until then lets nobody in', async () => {
    const kim = await clientFor(stack, 'kim', { role: 'admin' });
    const key = bodyOf(await kim.call('POST', '/api-keys', { name: 'x', scopes: ['read:analytics'] }), 201).key;
    const byKey = () => kim.call('GET', '/health/services', undefined, { Authorization: `Bearer ${key}` });
    bodyOf(await change('kim', { tier: 'premium' }));
    assert.equal((await byKey()).status, 200);
    // As a crash leaves it: the account says no role, the claims still say admin.
    const account = (await database()).doc('users/kim');
    await account.update({ tokensValidFrom: new Date('9999-01-01T00:00:00.000Z') });
    const { FieldValue } = await import('firebase-admin/firestore');
    await account.update({ role: FieldValue.delete() });
    await stack.host.advanceBy(30_000);
    assertRefusal(await kim.call('GET', '/admin/settings'), { status: 401 });
    assertRefusal(await byKey(), { status: 401 });
    assert.equal(bodyOf(await root.call('GET', '/admin/users/kim')).halfChanged, true);
    assert.equal(bodyOf(await change('kim', { role: 'none' })).halfChanged, undefined);
    assertRefusal(await byKey(), { status: 403, code: 'forbidden' });
    const again = await letInAgain(stack, kim);
    assertRefusal(await again('GET', '/admin/settings'), { status: 403, code: 'forbidden' });
    assert.equal(bodyOf(await again('GET', '/me')).tier, 'premium');
  }).timeout(15_000);

  it('comes to one end when several change a role at once', async () => {
    await clientFor(stack, 'leo', { role: 'analyst' });
    const roles = ['ingest', 'none', 'admin', 'analyst', 'ingest'];
    const answers = await Promise.all(roles.map((role) => change('leo', { role })));
    assert.deepEqual(
      answers.map(({ status }) => status),
      roles.map(() => 200),
    );
    const account = (await (await database()).doc('users/leo').get()).data();
    const { role } = bodyOf(await root.call('GET', '/admin/users/leo'));
    assert.equal(role, account?.role, 'claims and account say the same');
    assert.ok(account?.tokensValidFrom.toMillis() <= Date.now(), 'and they are let in again');
    const entries = await auditOf('leo');
    for (const { before: was, after: is } of entries) assert.notEqual(was.role, is.role);
  });

  it('suspends a user at once, and reinstates them', async () => {
    const sue = await clientFor(stack, 'sue');
    bodyOf(await sue.call('GET', '/me'));
    const key = bodyOf(await sue.call('POST', '/api-keys', { name: 'x', scopes: ['generate'] }), 201).key;
    const byKey = (method: string) => sue.call(method, '/generations', undefined, { Authorization: `Bearer ${key}` });
    const { suspended, disabled } = bodyOf(await change('sue', { suspended: true }));
    assert.deepEqual(
      { suspended, disabled },
      {
        suspended: { at: new Date(stack.clock.now()).toISOString(), reason: 'a test' },
        disabled: true,
      },
    );
    assertRefusal(await sue.call('GET', '/me'), { status: 403, code: 'suspended' });
    assert.ok([401, 403].includes((await byKey('GET')).status));
    await assert.rejects(letInAgain(stack, sue), /USER_DISABLED/);
    await stack.host.advanceBy(1);
    assert.equal(bodyOf(await change('sue', { suspended: false })).suspended, undefined);
    assert.equal((await (await letInAgain(stack, sue))('GET', '/me')).status, 200);
    assert.equal((await byKey('GET')).status, 200);
    const actions = (await auditOf('sue')).map(({ action }: { action: string }) => action);
    assert.deepEqual(actions, ['user.reinstated', 'user.suspended']);
  }).timeout(15_000);

  it('books credits once for a key', async () => {
    const cat = await clientFor(stack, 'cat');
    const first = await give('cat', { kind: 'purchase', credits: 700 }, 'pay/1.x');
    assert.deepEqual(bodyOf(first), {
      entry: {
        ...{ id: 'purchase.cat.pay%2F1%2Ex', kind: 'purchase', at: new Date(stack.clock.now()).toISOString() },
        ...{ moves: { available: 700, 'house.purchases': -700 }, by: 'root', reason: 'a test' },
      },
      availableCredits: FREE + 700,
    });
    assert.equal(first.headers.get('idempotency-replayed'), null);
    const second = await give('cat', { kind: 'purchase', credits: 700 }, 'pay/1.x');
    assert.deepEqual(second.body, first.body);
    assert.equal(second.headers.get('idempotency-replayed'), 'true');
    const other = await give('cat', { kind: 'purchase', credits: 701 }, 'pay/1.x');
    assertRefusal(other, { status: 422, code: 'idempotency_conflict' });
    assert.equal(bodyOf(await cat.call('GET', '/me')).availableCredits, FREE + 700);
    assert.equal((await entriesOf('cat')).length, 2, 'the sign-up grant and the purchase');
    const [entry, ...none] = await auditOf('cat');
    assert.deepEqual(none, []);
    assert.equal(entry.action, 'credits.purchase');
    assert.deepEqual(entry.before, { availableCredits: FREE });
    assert.deepEqual(entry.after, { availableCredits: FREE + 700, entry: 'purchase.cat.pay%2F1%2Ex' });
  });

  it('books the same key once when it is sent many times at once', async () => {
    await clientFor(stack, 'dan');
    const answers = await Promise.all(Array.from({ length: 6 }, () => give('dan', { credits: 10 }, 'k')));
    assert.deepEqual(
      answers.map(({ status }) => status),
      Array(6).fill(200),
    );
    assert.equal(answers.filter(({ headers }) => !headers.get('idempotency-replayed')).length, 1);
    assert.equal(bodyOf(await root.call('GET', '/admin/users/dan')).availableCredits, FREE + 10);
  });

  it('takes off no more than there is', async () => {
    await clientFor(stack, 'eva');
    assertRefusal(await give('eva', { kind: 'adjustment', credits: -FREE - 1 }), { status: 409, code: 'conflict' });
    assert.deepEqual(await entriesOf('eva'), []);
    assert.equal(bodyOf(await give('eva', { kind: 'adjustment', credits: -FREE }, 'a')).availableCredits, 0);
    assert.equal(bodyOf(await give('eva', { kind: 'adjustment', credits: -FREE }, 'a')).availableCredits, 0, 'again');
    const { ledger } = bodyOf(await root.call('GET', '/admin/users/eva'));
    const byKind = ledger.toSorted((a: { kind: string }, b: { kind: string }) => (a.kind < b.kind ? -1 : 1));
    assert.deepEqual(
      byKind.map(({ moves }: { moves: object }) => moves),
      [
        { available: -FREE, 'house.adjustments': FREE },
        { available: FREE, 'house.grants': -FREE },
      ],
    );
    for (const body of [{ credits: 0 }, { credits: -1 }, { kind: 'purchase', credits: -1 }, { credits: 1.5 }]) {
      assertRefusal(await give('eva', body), { status: 400, code: 'invalid_request' });
    }
    assertRefusal(await give('nobody', { credits: 1 }), { status: 404, code: 'not_found' });
  });
});
