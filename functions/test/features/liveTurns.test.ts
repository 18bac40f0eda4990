import assert from 'node:assert/strict';
import { inTurns } from '../../src/features/live/turns.ts';

describe('taking turns', () => {
  it('lets so many work at once and the others after them, in order, also where one fails', async () => {
    const turn = inTurns(3);
    const begun: number[] = [];
    const doors = Array.from({ length: 10 }, () => Promise.withResolvers<number>());
    const results = doors.map(({ promise }, n) =>
      turn(() => {
        begun.push(n);
        return promise;
      }),
    );
    const settled = Promise.allSettled(results);
    for (const [n, { resolve, reject }] of doors.entries()) {
      assert.deepEqual(begun, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].slice(0, n + 3));
      if (n === 4) reject(new Error('away'));
      else resolve(n);
      await results[n]?.catch(() => undefined);
      await new Promise(setImmediate);
    }
    const outcomes = (await settled).map((each) => (each.status === 'fulfilled' ? each.value : 'failed'));
    assert.deepEqual(outcomes, [0, 1, 2, 3, 'failed', 5, 6, 7, 8, 9]);
    assert.equal(await turn(async () => 'again'), 'again');
  });
});
