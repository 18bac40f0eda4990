import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ByteWriter } from '../../../src/core/rollup/bytes.ts';
import { writeUsers } from '../../../src/core/rollup/codecParts.ts';
import { DistinctUsers, userOf } from '../../../src/core/rollup/distinct.ts';
import { userKey } from './arbitrary.ts';

const user = (n: number) => userOf(userKey(n)) ?? Number.NaN;
const USERS = Array.from({ length: 3_000 }, (_, n) => user(n));

function usersOf(list: Iterable<number>): DistinctUsers {
  const users = new DistinctUsers();
  for (const each of list) users.add(each);
  return users;
}

function bytesOf(users: DistinctUsers): string {
  const to = new ByteWriter();
  writeUsers(to, users);
  return Buffer.from(to.finish()).toString('hex');
}

describe('core/rollup/distinct', () => {
  it('reads 52 bits of a user key, and nobody from an empty one', () => {
    assert.equal(userOf(`${'0'.repeat(12)}f${'a'.repeat(19)}`), 15);
    assert.equal(userOf('f'.repeat(32)), 2 ** 52 - 1);
    assert.deepEqual(['', 'ann', 'fff'].map(userOf), [undefined, undefined, undefined]);
  });

  it('reads exactly the keys that begin with 13 small hexadecimal digits', () => {
    const text = fc.string({ unit: fc.constantFrom(...'0123456789abcdefAFg/:`'), minLength: 12, maxLength: 15 });
    fc.assert(
      fc.property(text, (key) => {
        const expected = /^[0-9a-f]{13}/.test(key) ? Number.parseInt(key.slice(0, 13), 16) : undefined;
        assert.equal(userOf(key), expected);
      }),
      { seed: 1, numRuns: 1_000 },
    );
  });

  it('is exact up to 1,000, however often each comes', () => {
    const users = usersOf([...USERS.slice(0, 1_000), ...USERS.slice(0, 1_000)]);
    assert.deepEqual(users.count(), { value: 1_000, exact: true });
    users.add(user(1_000));
    assert.equal(users.count().exact, false);
  });

  it('is within 2.5 % at every size from 1,001 to 1,000,000', () => {
    const users = usersOf(USERS.slice(0, 1_000));
    let worst = 0;
    for (let size = 1_001; size <= 1_000_000; size++) {
      users.add(user(size - 1));
      if (size > 3_000 && size % 1_000 > 0) continue;
      worst = Math.max(worst, Math.abs(users.count().value / size - 1));
    }
    assert.ok(worst < 0.025, `off by ${(100 * worst).toFixed(2)} %`);
  }).timeout(60_000);

  it('gives the same bytes for the same users, in any order and grouping, in any form', () => {
    const group = fc.record({ from: fc.nat(2_000), size: fc.integer({ min: 0, max: 1_000 }) });
    fc.assert(
      fc.property(fc.array(group, { maxLength: 5 }), fc.nat(5), (groups, turn) => {
        const lists = groups.map(({ from, size }) => USERS.slice(from, from + size));
        const turned = [...lists.slice(turn), ...lists.slice(0, turn)];
        const merged = turned
          .map((list) => usersOf(list.toReversed()))
          .reduce((all, next) => {
            const sum = next.clone();
            sum.merge(all);
            return sum;
          }, new DistinctUsers());
        assert.equal(bytesOf(merged), bytesOf(usersOf(lists.flat())));
        const distinct = new Set(lists.flat()).size;
        if (distinct <= 1_000) assert.deepEqual(merged.count(), { value: distinct, exact: true });
      }),
      { seed: 1, numRuns: 100 },
    );
  });

  it('a clone goes its own way', () => {
    for (const size of [10, 1_500]) {
      const users = usersOf(USERS.slice(0, size));
      const before = bytesOf(users);
      users.clone().merge(usersOf(USERS));
      assert.equal(bytesOf(users), before);
    }
  });
});
