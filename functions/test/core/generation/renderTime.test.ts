import assert from 'node:assert/strict';
import { findModel } from '../../../src/core/catalogue/models.ts';
import { type ObservedRender, renderTimeByDocument, renderTimeFrom } from '../../../src/core/generation/renderTime.ts';
import { plannedPollMs } from '../../../src/core/generation/schedule.ts';
import { unitInterval } from '../../../src/core/hash.ts';

const seen = (renderMs: number, renderUncertaintyMs: number): ObservedRender => ({ renderMs, renderUncertaintyMs });

/** A render of `trueMs`, as polling would see it. */
function observe(trueMs: number, expectedMs: number): ObservedRender {
  let lastMs = 0;
  for (let polls = 0; ; polls++) {
    const atMs = plannedPollMs(polls, expectedMs);
    if (atMs >= trueMs) return seen(atMs, atMs - lastMs);
    lastMs = atMs;
  }
}

describe('core/generation render time', () => {
  it('says nothing about too few renders', () => {
    assert.equal(renderTimeFrom(Array.from({ length: 4 }, () => seen(10_000, 0))), undefined);
  });

  it('expects what the provider documents before anything was observed', () => {
    const model = findModel('veo-3.1-fast-generate-001') ?? assert.fail();
    assert.deepEqual(renderTimeByDocument(model), { p50: 62_929, p99: 360_000 });
  });

  it('takes the middle of what is possible for the p50, and when it was seen for the p99', () => {
    const observed = [
      seen(20_000, 2_000),
      seen(24_000, 2_000),
      seen(70_000, 70_000),
      seen(30_000, 0),
      seen(90_000, 4_000),
    ];
    assert.deepEqual(renderTimeFrom(observed), { p50: 30_000, p99: 70_000 });
  });

  it('finds out that a model is much faster, or slower, than expected', () => {
    for (const [firstGuessMs, typicalMs] of [
      [70_000, 20_000],
      [20_000, 120_000],
    ] as const) {
      const last: ObservedRender[] = [];
      let expectedMs: number = firstGuessMs;
      const lateMs: number[] = [];
      for (let i = 0; i < 200; i++) {
        const trueMs = typicalMs * (0.8 + 0.4 * unitInterval(`${typicalMs}/${i}`));
        last.push(observe(trueMs, expectedMs));
        if (i >= 100) lateMs.push((last.at(-1)?.renderMs ?? 0) - trueMs);
        expectedMs = renderTimeFrom(last.slice(-20))?.p50 ?? firstGuessMs;
      }
      const meanLateMs = lateMs.reduce((sum, ms) => sum + ms, 0) / lateMs.length;
      assert.ok(meanLateMs < typicalMs / 8, `${meanLateMs} ms late on average at ${typicalMs} ms`);
      assert.ok(Math.abs(expectedMs - typicalMs) < typicalMs / 4, `${expectedMs} ms expected at ${typicalMs} ms`);
    }
  });
});
