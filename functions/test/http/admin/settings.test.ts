import assert from 'node:assert/strict';
import { DEFAULT_SETTINGS } from '../../../src/core/settings/settings.ts';
import { type Client, clientFor, type QuietStack, quietStack } from '../../stack/harness.ts';
import { assertRefusal } from '../refusal.ts';
import { bodyOf } from './people.ts';

const WISH = { model: 'veo-3.1-lite-generate-001', prompt: 'a lighthouse at dusk', durationSec: 4 };

describe('administration of settings, and the audit log', () => {
  let stack: QuietStack;
  let root: Client;
  let ann: Client;

  before(async function () {
    this.timeout(30_000);
    stack = await quietStack({ limits: true });
    root = await clientFor(stack, 'root', { role: 'admin' });
    ann = await clientFor(stack, 'ann');
  });
  after(() => stack?.stop());

  const change = (body: object) => root.call('PATCH', '/admin/settings', { reason: 'a test', ...body });
  const page = async (query: string) => bodyOf(await root.call('GET', `/admin/audit-log?${query}`));

  it('are the defaults until somebody changes them', async () => {
    assert.deepEqual(bodyOf(await root.call('GET', '/admin/settings')), DEFAULT_SETTINGS);
  });

  it('close and open the intake', async () => {
    const closed = { open: false, message: 'Back at noon.', costUsdMicrosPerDay: null };
    const after = bodyOf(await change({ intake: closed }));
    assert.deepEqual(after, { ...DEFAULT_SETTINGS, intake: closed });
    const refusal = await ann.call('POST', '/generations', WISH);
    assertRefusal(refusal, { status: 429, code: 'limit_exceeded' });
    assert.equal(refusal.body.detail, 'Back at noon.');
    await stack.host.advanceBy(1);
    bodyOf(await change({ intake: DEFAULT_SETTINGS.intake }));
    assert.equal((await ann.call('POST', '/generations', WISH)).status, 202);
  });

  it('change the limits of a tier', async () => {
    await stack.host.advanceBy(1);
    const { limits } = DEFAULT_SETTINGS;
    bodyOf(await change({ limits: { ...limits, free: { ...limits.free, generationsPerDay: 1 } } }));
    const refusal = await ann.call('POST', '/generations', WISH);
    assertRefusal(refusal, { status: 429 });
    assert.equal(refusal.body.exceeded.limit, 'generations_per_day');
    assert.equal(refusal.body.exceeded.allowed, 1);
  });

  it('are told to the audit log, with only what changed', async () => {
    const { entries } = await page('target=current');
    assert.deepEqual(
      entries.map(({ action }: { action: string }) => action),
      Array(3).fill('settings.changed'),
    );
    const [limits, reopened, closed] = entries;
    assert.deepEqual(Object.keys(limits.before), ['limits']);
    assert.equal(limits.before.limits.free.generationsPerDay, DEFAULT_SETTINGS.limits.free.generationsPerDay);
    assert.equal(limits.after.limits.free.generationsPerDay, 1);
    assert.deepEqual(closed.before, { intake: DEFAULT_SETTINGS.intake });
    assert.deepEqual(reopened.before, closed.after);
    assert.deepEqual(reopened.after, closed.before);
    assert.deepEqual(closed.actor, { uid: 'root', role: 'admin' });
  });

  it('change nothing when they are the same, or do not fit', async () => {
    const { writes } = stack.cloud.firestore.usage().total;
    bodyOf(await change({ intake: { ...DEFAULT_SETTINGS.intake } }));
    for (const body of [{}, { intake: { open: true } }, { limits: { free: {} } }, { more: 1 }, { reason: ' ' }]) {
      assertRefusal(await change(body), { status: 400, code: 'invalid_request' });
    }
    assert.equal(stack.cloud.firestore.usage().total.writes, writes);
  });

  it('the log is read in pages, by target, by actor, and by both', async () => {
    const key = bodyOf(await ann.call('POST', '/api-keys', { name: 'x', scopes: ['generate'] }), 201);
    const all = (await page('limit=100')).entries;
    assert.equal(all.length, 4);
    const paged = [];
    let cursor: string | undefined = '';
    while (cursor !== undefined) {
      const found: { entries: object[]; nextCursor?: string } = await page(`limit=1${cursor && `&cursor=${cursor}`}`);
      paged.push(...found.entries);
      cursor = found.nextCursor;
    }
    assert.deepEqual(paged, all);
    assert.deepEqual((await page('actor=ann')).entries, (await page(`target=${key.id}`)).entries);
    assert.equal((await page('actor=root&target=current')).entries.length, 3);
    assert.deepEqual((await page('actor=ann&target=current')).entries, []);
    for (const query of ['cursor=abc', 'limit=0', 'limit=101', 'who=x', 'cursor=MS4x']) {
      assertRefusal(await root.call('GET', `/admin/audit-log?${query}`), { status: 400 });
    }
  });
});
