import assert from 'node:assert/strict';
import fc from 'fast-check';
import { RisingSums } from '../../../src/core/scrape/rising.ts';

describe('sums that never fall', () => {
  it('stand still until what was taken back has come again', () => {
    const sums = new RisingSums();
    const seen = [5, -2, 1, 3].map((by) => {
      sums.add('cost', by);
      return sums.get('cost');
    });
    assert.deepEqual(seen, [5, 5, 5, 7]);
    assert.equal(sums.get('never'), 0);
  });

  it('are the highest that there was, also when they were stored in between', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -50, max: 50 }), { maxLength: 30 }), fc.nat(30), (steps, storedAt) => {
        let sums = new RisingSums();
        let [truth, highest] = [0, 0];
        for (const [i, by] of steps.entries()) {
          if (i === storedAt) sums = RisingSums.from(JSON.parse(JSON.stringify(sums)));
          sums.add('x', by);
          truth += by;
          highest = Math.max(highest, truth);
          assert.equal(sums.get('x'), highest);
        }
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it('are found by how their names begin', () => {
    const sums = new RisingSums();
    sums.add('error.a', 1);
    sums.add('error.b', 2);
    sums.add('errors', 9);
    assert.deepEqual(
      sums.startingWith('error.'),
      new Map([
        ['a', 1],
        ['b', 2],
      ]),
    );
  });
});
