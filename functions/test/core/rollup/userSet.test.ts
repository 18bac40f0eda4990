import assert from 'node:assert/strict';
import fc from 'fast-check';
import { UserSet } from '../../../src/core/rollup/userSet.ts';

/** Some of them meet often, some begin with the same bits. */
const user = fc.oneof(
  fc.nat(20),
  fc.maxSafeNat().map((n) => n % 2 ** 52),
  fc.nat(50).map((n) => 2 ** 52 - 1 - n),
);
const users = fc.array(user, { maxLength: 300 });

function setOf(list: readonly number[]): UserSet {
  const set = new UserSet();
  for (const each of list) set.add(each);
  return set;
}

const inOrder = (list: readonly number[]) => [...new Set(list)].sort((a, b) => a - b);

describe('core/rollup/userSet', () => {
  it('holds what a Set would', () => {
    fc.assert(
      fc.property(users, (list) => {
        const set = setOf(list);
        assert.equal(set.size, new Set(list).size);
        assert.deepEqual(Array.from(set.sorted()), inOrder(list));
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  it('takes in all of another, which stays as it is, as does a clone', () => {
    fc.assert(
      fc.property(users, users, (a, b) => {
        const [set, other] = [setOf(a), setOf(b)];
        const before = set.clone();
        set.addAll(other);
        assert.deepEqual(Array.from(set.sorted()), inOrder([...a, ...b]));
        assert.deepEqual(Array.from(other.sorted()), inOrder(b));
        assert.deepEqual(Array.from(before.sorted()), inOrder(a));
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it('knows nobody at first', () => {
    assert.equal(new UserSet().size, 0);
    assert.deepEqual(Array.from(new UserSet().sorted()), []);
  });
});
