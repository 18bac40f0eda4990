import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Account, newAccount } from '../../../src/core/account/account.ts';
import { chargeForGeneration, openAccount } from '../../../src/core/account/admit.ts';
import { limitBrokenBy, usageOf, withGeneration } from '../../../src/core/account/limits.ts';
import { AppError } from '../../../src/core/errors.ts';
import type { TierLimits } from '../../../src/core/settings/settings.ts';

const NOW = new Date('2026-11-21T12:00:30.000Z');
const LIMITS: TierLimits = {
  signupCredits: 100,
  concurrentGenerations: 3,
  requestsPerMinute: 4,
  generationsPerDay: 10,
  creditsPerDay: 500,
  creditsPer30Days: 1_000,
};
const account = (change: Partial<Account> = {}): Account => ({ ...newAccount('ann', 'free', NOW), ...change });

describe('core/account limits', () => {
  const rows: { name: string; change: Partial<Account>; credits?: number; broken: unknown }[] = [
    { name: 'nothing used', change: {}, broken: undefined },
    {
      name: 'one below each limit',
      change: { openGenerations: 2, today: { day: '2026-11-21', generations: 9 } },
      broken: undefined,
    },
    {
      name: 'the minute is full until a minute after its first request',
      change: { minute: { startedAt: new Date('2026-11-21T12:00:00Z'), generations: 4 } },
      broken: {
        limit: 'generation_requests_per_minute',
        allowed: 4,
        used: 4,
        freesAt: new Date('2026-11-21T12:01:00Z'),
      },
    },
    {
      name: 'a minute that is over does not count',
      change: { minute: { startedAt: new Date('2026-11-21T11:59:30Z'), generations: 4 } },
      broken: undefined,
    },
    {
      name: 'too many at once; nobody knows when one ends',
      change: { openGenerations: 3 },
      broken: { limit: 'concurrent_generations', allowed: 3, used: 3 },
    },
    {
      name: 'the day is full until midnight',
      change: { today: { day: '2026-11-21', generations: 10 } },
      broken: { limit: 'generations_per_day', allowed: 10, used: 10, freesAt: new Date('2026-11-22T00:00:00Z') },
    },
    { name: 'yesterday does not count', change: { today: { day: '2026-11-20', generations: 10 } }, broken: undefined },
    {
      name: 'credits of the day',
      change: { spentCredits: { '2026-11-21': 401 } },
      credits: 100,
      broken: { limit: 'credits_per_day', allowed: 500, used: 401, freesAt: new Date('2026-11-22T00:00:00Z') },
    },
    {
      name: 'what is dearer than a whole day never fits',
      change: {},
      credits: 501,
      broken: { limit: 'credits_per_day', allowed: 500, used: 0 },
    },
    {
      name: 'thirty days, and when enough of them is over',
      change: { spentCredits: { '2026-10-23': 200, '2026-10-25': 300, '2026-11-20': 450 } },
      credits: 100,
      broken: { limit: 'credits_per_30_days', allowed: 1_000, used: 950, freesAt: new Date('2026-11-22T00:00:00Z') },
    },
    {
      name: 'a day of more than thirty days ago does not count',
      change: { spentCredits: { '2026-10-22': 900, '2026-11-20': 800 } },
      credits: 100,
      broken: undefined,
    },
  ];
  for (const row of rows) {
    it(row.name, () =>
      assert.deepEqual(limitBrokenBy(account(row.change), LIMITS, row.credits ?? 10, NOW), row.broken),
    );
  }

  it('frees at no time what is not allowed at all', () => {
    for (const limit of ['requestsPerMinute', 'generationsPerDay', 'creditsPerDay', 'creditsPer30Days'] as const) {
      const broken = limitBrokenBy(account({}), { ...LIMITS, [limit]: 0 }, 10, NOW);
      assert.deepEqual([broken?.allowed, broken?.freesAt], [0, undefined], limit);
    }
  });

  it('says truly when the thirty days have room: not at any midnight before', () => {
    const days = fc.dictionary(fc.integer({ min: 0, max: 35 }).map(daysAgo), fc.integer({ min: 0, max: 400 }));
    fc.assert(
      fc.property(days, fc.integer({ min: 1, max: 500 }), (spentCredits, credits) => {
        const limits = { ...LIMITS, creditsPerDay: 1e9 };
        const broken = limitBrokenBy(account({ spentCredits }), limits, credits, NOW);
        if (!broken?.freesAt) return;
        const stillAt = (ms: number) => limitBrokenBy(account({ spentCredits }), limits, credits, new Date(ms));
        assert.equal(stillAt(broken.freesAt.getTime()), undefined);
        assert.equal(stillAt(broken.freesAt.getTime() - 1)?.limit, 'credits_per_30_days');
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it('counts each generation once, and keeps no day that no limit looks at', () => {
    let counted = account({ spentCredits: { '2026-10-22': 5, '2026-10-23': 7 } });
    for (let n = 0; n < 3; n++) counted = withGeneration(counted, 40, new Date(NOW.getTime() + n * 1_000));
    assert.deepEqual(counted.spentCredits, { '2026-10-23': 7, '2026-11-21': 120 });
    assert.deepEqual(counted.minute, { startedAt: NOW, generations: 3 });
    assert.deepEqual(usageOf(counted, NOW), {
      ...{ concurrentGenerations: 3, requestsThisMinute: 3, generationsToday: 3 },
      ...{ creditsToday: 120, creditsIn30Days: 127 },
    });
    const nextDay = withGeneration(counted, 1, new Date('2026-11-22T00:00:00Z'));
    assert.deepEqual([nextDay.today, nextDay.minute.generations], [{ day: '2026-11-22', generations: 1 }, 1]);
  });
});

const daysAgo = (days: number) => new Date(NOW.getTime() - days * 86_400_000).toISOString().slice(0, 10);

describe('core/account admission', () => {
  const charge = (of: Account, credits: number) => () => chargeForGeneration(of, LIMITS, 'gen1', credits, NOW);

  it('opens an account with the credits of its tier, by an entry that there can be but one of', () => {
    const { account: opened, entries } = openAccount(account(), LIMITS, NOW);
    assert.deepEqual(opened.balance, { availableCredits: 100, heldCredits: 0 });
    assert.deepEqual(entries, [
      {
        ...{ id: 'grant.ann.signup', uid: 'ann', kind: 'grant', at: NOW, by: 'system', reason: 'new account' },
        moves: { available: 100, 'house.grants': -100 },
      },
    ]);
    assert.deepEqual(openAccount(account(), { ...LIMITS, signupCredits: 0 }, NOW).entries, []);
  });

  it('holds the price', () => {
    const charged = charge(account({ balance: { availableCredits: 100, heldCredits: 5 } }), 60)();
    assert.deepEqual(charged.account.balance, { availableCredits: 40, heldCredits: 65 });
    assert.deepEqual(charged.entries[0]?.moves, { available: -60, held: 60 });
    assert.equal(charged.account.openGenerations, 1);
  });

  it('refuses with what is missing, and what was exceeded', () => {
    assert.throws(charge(account({ balance: { availableCredits: 59, heldCredits: 0 } }), 60), {
      code: 'insufficient_credits',
      message: 'This costs 60 credits; you have 59.',
    });
    assert.throws(charge(account({ openGenerations: 3 }), 60), (error: unknown) => {
      assert.ok(error instanceof AppError);
      assert.equal(error.message, 'At most 3 generations under way at the same time; 3 used.');
      assert.deepEqual(error.exceeded, { limit: 'concurrent_generations', allowed: 3, used: 3 });
      return true;
    });
    assert.throws(charge(account({ suspendedAt: NOW }), 0), { code: 'suspended' });
  });
});
