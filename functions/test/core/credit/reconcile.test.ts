import assert from 'node:assert/strict';
import { deposit, EMPTY_BALANCE, endOfHold, hold, type LedgerEntry } from '../../../src/core/credit/ledger.ts';
import { type Books, reconcile, together } from '../../../src/core/credit/reconcile.ts';

const AT = new Date('2026-11-21T12:00:00Z');
const grant = deposit(EMPTY_BALANCE, 'ann', { kind: 'grant', key: 'k', credits: 100, by: 'system', reason: 'new' }, AT);
assert.ok(grant.ok);
const first = hold(grant.balance, 'ann', 'g1', 30, AT);
assert.ok(first.ok);
const second = hold(first.balance, 'ann', 'g2', 20, AT);
assert.ok(second.ok);
const end = endOfHold({ uid: 'ann', generationId: 'g1', heldCredits: 30 }, 10, AT);

const RIGHT: Books = {
  entries: [end, second.entry, first.entry, grant.entry],
  accounts: [{ uid: 'ann', balance: { availableCredits: 70, heldCredits: 20 }, openGenerations: 1 }],
  charges: [
    { generationId: 'g1', uid: 'ann', heldCredits: 30, chargedCredits: 10 },
    { generationId: 'g2', uid: 'ann', heldCredits: 20, chargedCredits: undefined },
  ],
};

describe('core/credit ledger', () => {
  it('books double entries: what each moves adds up to zero', () => {
    assert.deepEqual(first.entry.moves, { available: -30, held: 30 });
    assert.deepEqual(end, {
      ...{ id: 'end.g1', uid: 'ann', kind: 'capture', at: AT, generationId: 'g1' },
      moves: { held: -30, 'house.sales': 10, available: 20 },
    });
    assert.equal(endOfHold({ uid: 'ann', generationId: 'g1', heldCredits: 30 }, 0, AT).kind, 'release');
  });

  it('refuses more than there is, and what is no amount', () => {
    assert.deepEqual(hold(grant.balance, 'ann', 'g', 101, AT), {
      ok: false,
      reason: 'insufficient_credits',
      missingCredits: 1,
    });
    assert.throws(() => hold(grant.balance, 'ann', 'g', 1.5, AT), RangeError);
    assert.throws(() => hold(grant.balance, 'ann', 'g', -1, AT), RangeError);
    assert.throws(() => endOfHold({ uid: 'ann', generationId: 'g', heldCredits: 3 }, 4, AT), RangeError);
    const taken = { kind: 'adjustment', key: 'x', credits: -101, by: 'admin', reason: 'r' } as const;
    assert.equal(deposit(grant.balance, 'ann', taken, AT).ok, false);
    assert.throws(() => deposit(grant.balance, 'ann', { ...taken, kind: 'grant' }, AT), RangeError);
  });
});

describe('core/credit reconciliation', () => {
  it('adds up, in whatever order the entries come', () => {
    for (const entries of [RIGHT.entries, [...RIGHT.entries].reverse()]) {
      const { totals, ...found } = reconcile({ ...RIGHT, entries });
      assert.deepEqual(found, {
        ...{ users: 1, generations: 2, entries: 4, openHolds: 1, differences: [] },
        balance: { availableCredits: 70, heldCredits: 20 },
      });
      assert.deepEqual(totals, { available: 70, held: 20, 'house.sales': 10, 'house.grants': -100 });
    }
  });

  const bare = (entry: LedgerEntry, change: Partial<LedgerEntry>): LedgerEntry => ({ ...entry, ...change });
  const wrong: { name: string; books: Partial<Books>; says: RegExp }[] = [
    {
      name: 'a balance that moved alone',
      books: {
        accounts: [
          { ...RIGHT.accounts[0], uid: 'ann', openGenerations: 1, balance: { availableCredits: 71, heldCredits: 20 } },
        ],
      },
      says: /ann: available credits: 71 by the document, 70 by the ledger/,
    },
    { name: 'a missing user', books: { accounts: [] }, says: /ann: held credits: 0 by the document, 20/ },
    {
      name: 'a count of open generations',
      books: { accounts: [{ uid: 'ann', balance: { availableCredits: 70, heldCredits: 20 }, openGenerations: 2 }] },
      says: /ann: open generations: 2/,
    },
    {
      name: 'a lost entry',
      books: { entries: RIGHT.entries.slice(1) },
      says: /g1: ends of its hold: 1 by the document, 0/,
    },
    {
      name: 'a hold ended twice',
      books: { entries: [...RIGHT.entries, bare(end, { id: 'end.again' })] },
      says: /g1: ends of its hold: 1 by the document, 2/,
    },
    {
      name: 'a hold ended early',
      books: { entries: [...RIGHT.entries, endOfHold({ uid: 'ann', generationId: 'g2', heldCredits: 20 }, 0, AT)] },
      says: /g2: ends of its hold: 0 by the document, 1/,
    },
    {
      name: 'more captured than delivered',
      books: {
        charges: [{ generationId: 'g1', uid: 'ann', heldCredits: 30, chargedCredits: 0 }, ...RIGHT.charges.slice(1)],
      },
      says: /g1: charged: 0 by the document, 10/,
    },
    {
      name: 'an entry that makes money',
      books: { entries: [...RIGHT.entries, bare(grant.entry, { id: 'x', moves: { available: 5 } })] },
      says: /x does not add up to zero/,
    },
    {
      name: 'a generation without a hold',
      books: {
        charges: [...RIGHT.charges, { generationId: 'g3', uid: 'ann', heldCredits: 1, chargedCredits: undefined }],
      },
      says: /g3: holds: 1 by the document, 0/,
    },
    {
      name: 'a hold without a generation',
      books: { charges: RIGHT.charges.slice(0, 1) },
      says: /g2: is in the ledger and does not exist/,
    },
    {
      name: 'a hold of somebody else',
      books: {
        charges: [{ generationId: 'g1', uid: 'bob', heldCredits: 30, chargedCredits: 10 }, ...RIGHT.charges.slice(1)],
      },
      says: /hold.g1 is ann's, not bob's/,
    },
  ];
  for (const { name, books, says } of wrong) {
    it(`finds ${name}`, () => {
      const { differences } = reconcile({ ...RIGHT, ...books });
      assert.ok(
        differences.some((difference) => says.test(difference)),
        differences.join('\n'),
      );
    });
  }

  it('of two groups of users is the sum of both', () => {
    const both = together(reconcile(RIGHT), reconcile({ ...RIGHT, accounts: [] }));
    assert.deepEqual([both.users, both.entries, both.totals.available], [2, 8, 140]);
    assert.equal(both.differences.length, 3);
  });
});
