import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Stack } from '../../../local/stack/in-process.ts';
import { PROJECT_ID } from '../../../local/stack/project.ts';
import { DEFAULT_SETTINGS } from '../../src/core/settings/settings.ts';
import { type Client, clientFor, database, frozenStack, leapBy, NOON, script } from '../stack/harness.ts';

const WISH = { model: 'veo-3.1-fast-generate-001', prompt: 'a lighthouse at dusk', durationSec: 4 };
const MINUTE_MS = 60_000;
const free = DEFAULT_SETTINGS.limits.free;

describe('credits and limits', () => {
  let stack: Stack;
  let users = 0;

  before(async function () {
    this.timeout(60_000);
    stack = await frozenStack({ limits: true });
  });
  after(() => stack?.stop());

  const newUser = (claims = {}): Promise<Client> => clientFor(stack, `user${++users}`, claims);
  const ask = (user: Client, change = {}) => user.call('POST', '/generations', { ...WISH, ...change });
  const standing = async (user: Client) => (await user.call('GET', '/me')).body;
  const settings = async (change: object) => {
    await (await database()).doc('settings/current').set(change, { merge: true });
    await stack.host.advanceBy(10_000);
  };

  it('begin with what the tier gives, hold the price, and take what was delivered', async () => {
    const ann = await newUser();
    const before = await standing(ann);
    assert.deepEqual(before, {
      ...{ uid: ann.uid, tier: 'free', availableCredits: free.signupCredits, heldCredits: 0 },
      limits: {
        concurrentGenerations: { used: 0, allowed: free.concurrentGenerations },
        requestsPerMinute: { used: 0, allowed: free.requestsPerMinute },
        generationsPerDay: { used: 0, allowed: free.generationsPerDay },
        creditsPerDay: { used: 0, allowed: free.creditsPerDay },
        creditsPer30Days: { used: 0, allowed: free.creditsPer30Days },
      },
    });
    const { body } = await ask(ann, { videos: 2 });
    assert.deepEqual([body.priceCredits, body.priceUsd, body.chargedCredits], [80, 0.8, undefined]);
    const during = await standing(ann);
    assert.deepEqual([during.availableCredits, during.heldCredits], [free.signupCredits - 80, 80]);
    assert.deepEqual(during.limits.concurrentGenerations.used, 1);
    await stack.host.advanceBy(10 * MINUTE_MS);
    assert.equal((await ann.generation(body.id)).chargedCredits, 80);
    const after = await standing(ann);
    assert.deepEqual([after.availableCredits, after.heldCredits], [free.signupCredits - 80, 0]);
    assert.deepEqual(
      [after.limits.concurrentGenerations.used, after.limits.generationsPerDay.used, after.limits.creditsPerDay.used],
      [0, 1, 80],
    );
    const { entries } = (await ann.call('GET', '/me/ledger')).body;
    assert.deepEqual(
      entries.map((e: Record<string, unknown>) => [e.kind, e.availableCredits, e.heldCredits, e.chargedCredits]),
      [
        ['capture', 0, -80, 80],
        ['hold', -80, 80, 0],
        ['grant', free.signupCredits, 0, 0],
      ],
    );
    const first = (await ann.call('GET', '/me/ledger?limit=2')).body;
    const second = (await ann.call('GET', `/me/ledger?limit=2&cursor=${first.nextCursor}`)).body;
    assert.deepEqual([...first.entries, ...second.entries], entries);
    assert.equal(second.nextCursor, undefined);
  });

  const ends = [
    { name: 'failed', rule: { outcome: 'error', error: { code: 3, message: 'no' } }, charged: 0 },
    { name: 'blocked', rule: { outcome: 'blocked' }, charged: 0 },
    { name: 'expired', rule: { outcome: 'never' }, charged: 0 },
  ];
  for (const { name, rule, charged } of ends) {
    it(`come back when it is ${name}`, async () => {
      const user = await newUser();
      await script(stack, { match: { prompt: name }, ...rule });
      const { body } = await ask(user, { prompt: name });
      await leapBy(stack, 60 * MINUTE_MS);
      assert.deepEqual(
        [(await user.generation(body.id)).state, (await user.generation(body.id)).chargedCredits],
        [name, charged],
      );
      const { availableCredits, heldCredits, limits } = await standing(user);
      assert.deepEqual([availableCredits, heldCredits], [free.signupCredits, 0]);
      assert.deepEqual([limits.creditsPerDay.used, limits.generationsPerDay.used], [0, 1]);
    });
  }

  it('come back in part when the provider withheld some of the videos', async () => {
    const user = await newUser();
    await script(stack, { match: { prompt: 'half' }, outcome: 'partly_blocked' });
    const { body } = await ask(user, { prompt: 'half', videos: 2 });
    await stack.host.advanceBy(10 * MINUTE_MS);
    const view = await user.generation(body.id);
    assert.deepEqual([view.state, view.outputs.length, view.chargedCredits], ['succeeded', 1, 40]);
    assert.equal((await standing(user)).availableCredits, free.signupCredits - 40);
  });

  it('refuse more at once, a minute, a day; each says what and when it frees', async () => {
    const user = await newUser();
    for (let n = 0; n < free.concurrentGenerations; n++) assert.equal((await ask(user)).status, 202);
    const busy = await ask(user);
    assert.deepEqual([busy.status, busy.body.code, busy.headers.get('retry-after')], [429, 'limit_exceeded', null]);
    assert.deepEqual(busy.body.exceeded, { limit: 'concurrent_generations', allowed: 2, used: 2 });
    await settings({
      limits: { ...DEFAULT_SETTINGS.limits, free: { ...free, concurrentGenerations: 100, signupCredits: 10_000 } },
    });
    const eager = await newUser();
    const startedAt = stack.clock.now();
    const answers = [];
    for (let n = 0; n <= free.requestsPerMinute; n++) answers.push(await ask(eager));
    const last = answers.at(-1);
    assert.deepEqual(last?.body.exceeded, {
      ...{ limit: 'generation_requests_per_minute', allowed: free.requestsPerMinute, used: free.requestsPerMinute },
      freesAt: new Date(startedAt + MINUTE_MS).toISOString(),
    });
    assert.equal(last?.headers.get('retry-after'), '60');
    await stack.host.advanceBy(MINUTE_MS);
    assert.equal((await ask(eager)).status, 202);
    while ((await standing(eager)).limits.generationsPerDay.used < free.generationsPerDay) {
      await stack.host.advanceBy(15_000);
      assert.equal((await ask(eager)).status, 202);
    }
    await stack.host.advanceBy(MINUTE_MS);
    const full = await ask(eager);
    const midnight = NOON + 12 * 3_600_000;
    assert.deepEqual(full.body.exceeded, {
      ...{ limit: 'generations_per_day', allowed: free.generationsPerDay, used: free.generationsPerDay },
      freesAt: new Date(midnight).toISOString(),
    });
    assert.equal(full.headers.get('retry-after'), String((midnight - stack.clock.now()) / 1_000));
    await settings({ limits: DEFAULT_SETTINGS.limits });
  });

  it('refuse what is dearer than what is there, with 402', async () => {
    const user = await newUser();
    const { status, body } = await ask(user, { model: 'veo-3.1-generate-001', durationSec: 8, videos: 1 });
    assert.deepEqual([status, body.code], [402, 'insufficient_credits']);
    assert.deepEqual(body.exceeded, { limit: 'credits', allowed: free.signupCredits, used: 0 });
    assert.equal((await standing(user)).heldCredits, 0);
  });

  it('are estimated without asking, with the reason for a refusal', async () => {
    const user = await newUser();
    const estimate = async (change: object) =>
      (await user.call('POST', '/generations/estimate', { model: WISH.model, ...change })).body;
    assert.deepEqual(await estimate({ videos: 2 }), {
      ...{ model: WISH.model, videos: 2, priceCredits: 160, creditsPerVideo: 80, priceUsd: 1.6, costUsd: 1.6 },
      ...{ costIsEstimate: true, availableCredits: free.signupCredits, allowed: true },
    });
    const dear = await estimate({ videos: 4 });
    assert.deepEqual([dear.allowed, dear.refusal.code], [false, 'insufficient_credits']);
    assert.equal((await user.call('POST', '/generations/estimate', { model: 'sora-9' })).status, 400);
    assert.equal((await user.call('GET', '/generations')).body.generations.length, 0);
  });

  it('follow own prices, also for a model that only has a price', async () => {
    const prices = {
      markupPercent: 50,
      own: [
        { model: 'studio-1', costUsdMicrosPerSec: 20_000, priceUsdMicrosPerSec: 100_000, effectiveFrom: '2039-01-01' },
        { model: 'studio-1', costUsdMicrosPerSec: 10_000, effectiveFrom: '2041-01-01' },
      ],
    };
    await settings({ prices });
    const user = await newUser();
    const estimate = async (model: string) =>
      (await user.call('POST', '/generations/estimate', { model, durationSec: 4 })).body;
    const own = await estimate('studio-1');
    assert.deepEqual([own.priceCredits, own.costUsd, own.allowed], [40, 0.08, true]);
    const listed = await estimate(WISH.model);
    assert.deepEqual([listed.priceCredits, listed.costUsd], [60, 0.4]);
    const { body } = await ask(user);
    assert.equal(body.priceCredits, 60);
    await settings({ prices: DEFAULT_SETTINGS.prices });
  });

  it('stop with the intake switch and the day’s budget of the project, and what is under way goes on', async () => {
    const user = await newUser();
    const { body } = await ask(user);
    await settings({ intake: { open: false, message: 'We are moving house.', costUsdMicrosPerDay: null } });
    const closed = await ask(user);
    assert.deepEqual(
      [closed.status, closed.body.detail, closed.body.exceeded.limit],
      [429, 'We are moving house.', 'intake'],
    );
    await stack.host.advanceBy(10 * MINUTE_MS);
    assert.equal((await user.generation(body.id)).state, 'succeeded');
    const spent = (await (await database()).collectionGroup('usage').get()).docs
      .filter((doc) => doc.id === '2040-01-01')
      .reduce((sum, doc) => sum + doc.get('costUsdMicros'), 0);
    await settings({ intake: { open: true, costUsdMicrosPerDay: spent + 400_000 } });
    assert.equal((await ask(user)).status, 202);
    const over = await ask(user);
    assert.equal(over.status, 429);
    assert.deepEqual(over.body.exceeded, {
      ...{ limit: 'project_cost_usd_micros_per_day', allowed: spent + 400_000, used: spent + 400_000 },
      freesAt: '2040-01-02T00:00:00.000Z',
    });
    await settings({ intake: DEFAULT_SETTINGS.intake });
  });

  it('add up in the end, as npm run ledger:reconcile tells', async () => {
    await leapBy(stack, 60 * MINUTE_MS);
    const reconcile = () =>
      promisify(execFile)(process.execPath, ['scripts/ledger-reconcile.ts', '--project', PROJECT_ID], {
        env: { ...process.env, FIRESTORE_EMULATOR_HOST: stack.cloud.firestore.host },
      });
    const { stdout } = await reconcile();
    assert.match(stdout, /ok: everything adds up/);
    assert.match(stdout, /^open holds +0$/m);
    assert.match(stdout, /^sum \(must be 0\) +0$/m);
    await (await database()).doc(`users/user1`).update({ 'balance.availableCredits': 1_000_000 });
    const failed = await reconcile().catch((error: { code: number; stdout: string }) => error);
    assert.ok('code' in failed && failed.code === 1, 'exits with 1');
    assert.match(failed.stdout, /DIFFERS +user1: available credits: 1000000 by the document, 120 by the ledger/);
  });
});
