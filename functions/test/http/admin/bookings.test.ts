import assert from 'node:assert/strict';
import { DEFAULT_SETTINGS } from '../../../src/core/settings/settings.ts';
import { type Client, clientFor, type QuietStack, quietStack } from '../../stack/harness.ts';
import { assertRefusal } from '../refusal.ts';
import { bodyOf } from './people.ts';

const FREE = DEFAULT_SETTINGS.limits.free.signupCredits;

describe('credits booked under a key', () => {
  let stack: QuietStack;
  let root: Client;

  before(async function () {
    this.timeout(30_000);
    stack = await quietStack({ limits: true });
    root = await clientFor(stack, 'root', { role: 'admin' });
  });
  after(() => stack?.stop());

  const give = (uid: string, key: string, body: object) =>
    root.call('POST', `/admin/users/${uid}/credits`, { reason: 'a test', ...body }, { 'Idempotency-Key': key });

  it('are not booked again as something else', async () => {
    await clientFor(stack, 'ann');
    bodyOf(await give('ann', 'pay-1', { kind: 'purchase', credits: 500 }));
    for (const body of [{ kind: 'grant', credits: 500 }, { kind: 'adjustment', credits: 500 }, { credits: 500 }]) {
      assertRefusal(await give('ann', 'pay-1', body), { status: 422, code: 'idempotency_conflict' });
    }
    assert.equal(bodyOf(await root.call('GET', '/admin/users/ann')).availableCredits, FREE + 500);
  });

  it('cannot take the key of the credits that an account begins with', async () => {
    await clientFor(stack, 'bob');
    const before = await give('bob', 'signup', { credits: FREE });
    assertRefusal(before, { status: 400, code: 'invalid_request' });
    bodyOf(await give('bob', 'k', { credits: 1 }));
    assertRefusal(await give('bob', 'signup', { credits: FREE }), { status: 400, code: 'invalid_request' });
    assert.equal(bodyOf(await root.call('GET', '/admin/users/bob')).availableCredits, FREE + 1);
  });

  it('are paged through whatever their keys are', async () => {
    const cat = await clientFor(stack, 'cat');
    const keys = ['a', 'b', 'c'].map((last) => `${'/'.repeat(254)}${last}`);
    for (const key of keys) bodyOf(await give('cat', key, { credits: 1 }));
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const after = cursor === undefined ? '' : `&cursor=${cursor}`;
      const page = bodyOf(await cat.call('GET', `/me/ledger?limit=1${after}`));
      seen.push(...page.entries.map(({ id }: { id: string }) => id));
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    assert.equal(seen.length, 4);
    assert.equal(new Set(seen).size, 4);
  });
});
