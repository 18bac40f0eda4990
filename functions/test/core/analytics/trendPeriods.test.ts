import assert from 'node:assert/strict';
import fc from 'fast-check';
import { TREND_GRANULARITIES, type TrendGranularity, trendPeriods } from '../../../src/core/analytics/trendPeriods.ts';

const periods = (from: string, to: string, granularity: TrendGranularity, zone = 'UTC') =>
  trendPeriods({ fromMs: Date.parse(from), toMs: Date.parse(to), zone }, granularity).map((period) => [
    ...[new Date(period.startMs).toISOString().slice(0, 16), new Date(period.endMs).toISOString().slice(0, 16)],
    ...[period.isWhole, period.weekday],
  ]);

describe('core/analytics/trendPeriods', () => {
  it('weeks begin on Monday; the first and the last may be cut', () => {
    // 1 November 2024 is a Friday.
    assert.deepEqual(periods('2024-11-01', '2024-11-13', 'week'), [
      ['2024-11-01T00:00', '2024-11-04T00:00', false, 5],
      ['2024-11-04T00:00', '2024-11-11T00:00', true, 1],
      ['2024-11-11T00:00', '2024-11-13T00:00', false, 1],
    ]);
  });

  it('weeks of a zone are 169 hours long when its clocks go back', () => {
    assert.deepEqual(periods('2024-10-28T04:00Z', '2024-11-04T05:00Z', 'week', 'America/New_York'), [
      ['2024-10-28T04:00', '2024-11-04T05:00', true, 1],
    ]);
  });

  it('months are those of the calendar', () => {
    assert.deepEqual(periods('2024-01-15', '2024-04-01', 'month'), [
      ['2024-01-15T00:00', '2024-02-01T00:00', false, 1],
      ['2024-02-01T00:00', '2024-03-01T00:00', true, 4],
      ['2024-03-01T00:00', '2024-04-01T00:00', true, 5],
    ]);
  });

  it('days know their weekday, also before 1970', () => {
    assert.deepEqual(periods('2024-11-02T12:00Z', '2024-11-04', 'day'), [
      ['2024-11-02T12:00', '2024-11-03T00:00', false, 6],
      ['2024-11-03T00:00', '2024-11-04T00:00', true, 7],
    ]);
    assert.deepEqual(
      periods('1969-12-28', '1969-12-30', 'day').map(([, , , weekday]) => weekday),
      [7, 1],
    );
  });

  it('refuses too many', () => {
    const refused = { name: 'AppError', code: 'invalid_request' };
    assert.throws(() => periods('2024-01-01', '2024-01-17', 'hour'), { ...refused, message: /14 days/ });
    assert.throws(() => periods('2023-01-01', '2024-06-01', 'day'), { ...refused, message: /400 times day/ });
    assert.equal(periods('2024-01-01', '2024-01-15', 'hour').length, 336);
  });

  it('covers the period without a gap, and only the first and the last are cut', () => {
    const moment = fc.integer({ min: Date.parse('2024-01-01'), max: Date.parse('2024-12-31') });
    const length = fc.integer({ min: 3_600_000, max: 14 * 86_400_000 });
    const zones = fc.constantFrom('UTC', 'America/New_York', 'Asia/Kathmandu', 'Australia/Lord_Howe');
    fc.assert(
      fc.property(moment, length, zones, fc.constantFrom(...TREND_GRANULARITIES), (from, ms, zone, granularity) => {
        const cut = trendPeriods({ fromMs: from, toMs: from + ms, zone }, granularity);
        assert.equal(cut[0]?.startMs, from);
        assert.equal(cut.at(-1)?.endMs, from + ms);
        for (const [i, { endMs, startMs, isWhole }] of cut.entries()) {
          assert.ok(endMs > startMs);
          if (i > 0) assert.equal(startMs, cut[i - 1]?.endMs);
          if (i > 0 && i < cut.length - 1) assert.ok(isWhole);
        }
      }),
      { seed: 1, numRuns: 150 },
    );
  });
});
