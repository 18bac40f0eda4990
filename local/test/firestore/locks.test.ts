import assert from 'node:assert/strict';
import fc from 'fast-check';
import { LockOwner, LockTable } from '../../firestore/engine/locks.ts';
import { refusal } from './admin.ts';

const ABORTED = 10;

describe('firestore locks', () => {
  it('are granted in the order of asking', async () => {
    const locks = new LockTable();
    const owners = Array.from({ length: 4 }, () => new LockOwner());
    const granted: number[] = [];
    const asked = owners.map(async (owner, at) => {
      await locks.acquire(owner, ['a']);
      granted.push(at);
      locks.release(owner);
    });
    await Promise.all(asked);
    assert.deepEqual(granted, [0, 1, 2, 3]);
    assert.equal(locks.areFree(['a']), true);
  });

  it('say whether they had to be waited for, and may be taken again by their owner', async () => {
    const locks = new LockTable();
    const [first, second] = [new LockOwner(), new LockOwner()];
    assert.equal(await locks.acquire(first, ['a', 'b']), false);
    assert.equal(await locks.acquire(first, ['a']), false);
    const waiting = locks.acquire(second, ['b']);
    locks.release(first);
    assert.equal(await waiting, true);
    assert.equal(locks.areFree(['a']), true);
    assert.equal(locks.areFree(['b'], second), true);
    assert.equal(locks.areFree(['b'], first), false);
  });

  it('refuse at once whoever would close a circle of three', async () => {
    const locks = new LockTable();
    const [a, b, c] = [new LockOwner(), new LockOwner(), new LockOwner()];
    await Promise.all([locks.acquire(a, ['a']), locks.acquire(b, ['b']), locks.acquire(c, ['c'])]);
    const waitA = locks.acquire(a, ['b']);
    const waitB = locks.acquire(b, ['c']);
    assert.equal((await refusal(locks.acquire(c, ['a']))).code, ABORTED);
    locks.release(c);
    assert.equal(await waitB, true);
    locks.release(b);
    assert.equal(await waitA, true);
  });

  it('refuse whoever waited too long, and go on without them', async () => {
    const locks = new LockTable(5);
    const [first, second, third] = [new LockOwner(), new LockOwner(), new LockOwner()];
    await locks.acquire(first, ['a']);
    const { code, message } = await refusal(locks.acquire(second, ['a']));
    assert.equal(code, ABORTED);
    assert.match(message, /Too much contention/);
    const waiting = locks.acquire(third, ['a']);
    locks.release(first);
    assert.equal(await waiting, true);
  });

  it('never have two holders, and nobody waits for ever', async () => {
    const work = fc.array(fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 3 }), {
      minLength: 2,
      maxLength: 12,
    });
    const property = fc.asyncProperty(work, async (wishes) => {
      const locks = new LockTable();
      const holders = new Map<string, LockOwner>();
      const outcomes = wishes.map(async (keys) => {
        const owner = new LockOwner();
        try {
          for (const key of keys) {
            await locks.acquire(owner, [key]);
            assert.equal(holders.get(key), undefined);
            holders.set(key, owner);
          }
          return 'held';
        } catch (error) {
          return (error as { code?: number }).code === ABORTED ? 'aborted' : Promise.reject(error);
        } finally {
          for (const [key, holder] of holders) if (holder === owner) holders.delete(key);
          locks.release(owner);
        }
      });
      const ends = await Promise.all(outcomes);
      assert.ok(ends.includes('held'));
      assert.equal(locks.areFree(['a', 'b', 'c', 'd']), true);
    });
    await fc.assert(property, { seed: 1, numRuns: 300 });
  });
});
