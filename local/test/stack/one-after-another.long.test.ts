import assert from 'node:assert/strict';
import { getApps } from 'firebase-admin/app';
import { clientFor, frozenStack, placeOf } from '../../../functions/test/stack/harness.ts';

describe('one stack after another in the same process', function () {
  this.timeout(40_000);

  it('works although the one before was stopped in the middle of its work', async () => {
    for (let round = 0; round < 4; round++) {
      const stack = await frozenStack();
      const ann = await clientFor(placeOf(stack), 'ann');
      await Promise.all(Array.from({ length: 6 }, () => ann.generate()));
      const { body } = await ann.call('GET', '/generations');
      assert.equal(body.generations.length, 6);
      // Dispatch tasks are under way at this moment.
      await stack.stop();
      assert.deepEqual(getApps(), []);
    }
  });
});
