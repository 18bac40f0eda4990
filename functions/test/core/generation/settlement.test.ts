import assert from 'node:assert/strict';
import { chargedCredits, settlementOf } from '../../../src/core/generation/settlement.ts';
import type { Attempt, Generation, Output } from '../../../src/core/generation/state.ts';
import { at, queued, T0 } from './sample.ts';

const output: Output = { path: 'videos/ann/gen1/0.mp4', mimeType: 'video/mp4', sizeBytes: 1 };

/** Ended with so many videos, each of its attempts having rendered them for `costUsdMicros`. */
function ended(videos: number, costUsdMicros: number, ...earlier: Partial<Attempt>[]): Generation {
  const attempts = [...earlier, { costUsdMicros }].map((change, i) => ({
    ...{ number: i + 1, storageUri: `gs://b/${i}/`, startedAt: T0, nextPoll: 0, polls: 1 },
    ...change,
  }));
  const outputs = Array.from({ length: videos }, () => output);
  return queued({ state: videos > 0 ? 'succeeded' : 'failed', endedAt: at(1), attempts, outputs });
}

describe('core/generation settlement', () => {
  it('captures each video delivered and gives the rest back', () => {
    const { entry, creditsChange, costUsdMicrosChange } = settlementOf(ended(1, 800_000), at(1));
    assert.deepEqual([entry.id, entry.kind], ['end.gen1', 'capture']);
    assert.deepEqual(entry.moves, { held: -160, 'house.sales': 80, available: 80 });
    assert.deepEqual([creditsChange, costUsdMicrosChange], [-80, -800_000]);
  });

  it('never charges for more videos than were asked for, whatever the provider delivers', () => {
    const generous = ended(3, 2_400_000);
    assert.equal(chargedCredits(generous), 160);
    const { entry, creditsChange, costUsdMicrosChange } = settlementOf(generous, at(1));
    assert.deepEqual(entry.moves, { held: -160, 'house.sales': 160 });
    assert.deepEqual([creditsChange, costUsdMicrosChange], [0, 800_000]);
  });

  it('changes nothing by plain zero, which Firestore keeps as a whole number', () => {
    const waste = { possibleCostUsdMicros: 1_600_000 };
    for (const generation of [ended(2, 1_600_000), ended(2, 1_600_000, waste), ended(0, 1_600_000)]) {
      const { creditsChange, costUsdMicrosChange } = settlementOf(generation, at(1));
      for (const change of [creditsChange, costUsdMicrosChange]) assert.ok(!Object.is(change, -0));
    }
  });
});
