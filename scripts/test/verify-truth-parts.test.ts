import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { DEFAULT_MAPPING, loadMapping, readRecordedFile } from '../mapping/read-file.ts';
import { type Mapping, readMapping } from '../mapping/schema.ts';
import { changedSince, compare } from '../verify-truth/compare.ts';
import { type Facts, METRIC_NAMES } from '../verify-truth/facts.ts';
import { datesIn, lastOf, stretchesOf } from '../verify-truth/stretches.ts';
import { openTruth } from '../verify-truth/truth.ts';

const SAMPLE = fileURLToPath(new URL('./fixture/drive-sample.csv', import.meta.url));

describe('what DuckDB finds in a file', () => {
  const truthOf = async (mapping: Mapping, rows = 100) => openTruth(SAMPLE, mapping, rows);

  it('is what a person counts', async () => {
    const truth = await truthOf(await loadMapping(DEFAULT_MAPPING));
    assert.deepEqual(
      [truth.rows, new Date(truth.firstMs).toISOString(), new Date(truth.lastMs).toISOString()],
      [25, '2024-06-03T09:00:00.000Z', '2024-06-03T09:31:30.000Z'],
    );
    const all = (await truth.factsOf({ by: 'all' })).get('all');
    const { arrivals, users, succeeded, failed, expired, videosDelivered, videoSec, attempts, totalMs } = all ?? {};
    assert.deepEqual(
      { arrivals, users, succeeded, failed, expired, videosDelivered, videoSec, attempts, totalMs },
      {
        ...{ arrivals: 25, users: 7, succeeded: 20, failed: 4, expired: 0, videosDelivered: 27, videoSec: 216 },
        ...{ attempts: 24, totalMs: 1_544_750 },
      },
    );
    // The times sorted: 0 2 3 5 8 12 18 19 21 22 25 28 | 30 … 240.25 567; of 24 the ranks are 11, 21 and 22.
    assert.deepEqual([all?.totalMsP50, all?.totalMsP95, all?.totalMsP99], [28_000, 130_000, 240_250]);
    truth.close();
  });

  it('reads the first rows and each rule of a mapping as the API’s side does', async () => {
    const user = { column: 'groupId' };
    const requestedAt = { column: 'gmt_create', format: 'YYYY-MM-DD HH:MM:SS', utcOffset: '+05:30' };
    const mappings = [
      await loadMapping(DEFAULT_MAPPING),
      readMapping({
        ...{ requestedAt, user, kind: { value: 'text_to_video' } },
        outcome: { column: 'predict_status', map: { FAILED: 'failed' }, default: 'succeeded' },
        duration: { column: 'prompt_length', unit: 'ms' },
        model: {
          column: 'checkpoint_model_version_id',
          map: { alpha: 'veo-3.1-generate-001' },
          default: 'veo-3.1-fast-generate-001',
        },
        constants: { durationSec: 4, resolution: '1080p' },
      }),
    ];
    for (const mapping of mappings) {
      const { requests, bad } = await readRecordedFile(SAMPLE, mapping, 20);
      const truth = await truthOf(mapping, 20);
      const cells = await truth.factsOf({ by: 'cell' });
      // What has no time is bad there, and for DuckDB never ended.
      const counted = Map.groupBy(requests, ({ model, kind }) => `${model} ${kind}`);
      assert.equal(
        [...cells.values()].reduce((n, { arrivals = 0 }) => n + arrivals, 0),
        requests.length + bad.length,
      );
      for (const [key, same] of counted) {
        const ended = same.filter(({ outcome }) => outcome !== 'never');
        const facts = cells.get(key);
        if (bad.length === 0) assert.equal(facts?.arrivals, same.length, key);
        assert.equal(
          facts?.totalMs,
          ended.reduce((sum, { tookMs = 0 }) => sum + tookMs, 0),
          key,
        );
      }
      if (bad.length === 0) assert.equal(truth.firstMs, requests[0]?.requestedAtMs);
      truth.close();
    }
  });
});

describe('comparing', () => {
  const zeros = { arrivals: 0, users: 0, succeeded: 0, failed: 0, blocked: 0, cancelled: 0, expired: 0 };
  const sums = { videosDelivered: 0, videoSec: 0, attempts: 0, costUsdMicros: 0, totalMs: 0 };
  const facts = (some: Facts): Facts => ({ ...zeros, ...sums, ...some });
  const wrong = (ours: Facts, truth: Facts) =>
    compare('all', new Map([['all', facts(ours)]]), new Map([['all', facts(truth)]]))
      .filter(({ ok }) => !ok)
      .map(({ metric }) => metric);

  for (const [name, ours, truth, expected] of [
    ['equal', { arrivals: 3 }, { arrivals: 3 }, []],
    ['one more', { arrivals: 4 }, { arrivals: 3 }, ['arrivals']],
    ['missing', { arrivals: undefined }, { arrivals: 3 }, ['arrivals']],
    ['a micro-dollar', { costUsdMicros: 1_000_001 }, { costUsdMicros: 1_000_000 }, ['costUsdMicros']],
    ['1,000 users are exact', { users: 1_001 }, { users: 1_000 }, ['users']],
    ['1,001 users within 2.5 %', { users: 1_026 }, { users: 1_001 }, []],
    ['1,001 users beyond it', { users: 1_027 }, { users: 1_001 }, ['users']],
    ['quantile within 0.5 %', { succeeded: 20, totalMsP50: 1_005 }, { succeeded: 20, totalMsP50: 1_000 }, []],
    ['quantile beyond it', { succeeded: 20, totalMsP50: 994 }, { succeeded: 20, totalMsP50: 1_000 }, ['totalMsP50']],
    ['quantile of 19', { succeeded: 19, totalMsP50: 900 }, { succeeded: 19, totalMsP50: 1_000 }, []],
    ['quantile missing', { succeeded: 20 }, { succeeded: 20, totalMsP99: 1_000 }, ['totalMsP99']],
  ] as const) {
    it(name, () => assert.deepEqual(wrong(ours, truth), expected));
  }

  it('compares every number exactly where it must', () => {
    const [ours, truth] = [
      { users: 1_026, succeeded: 2, totalMsP50: 1_001 },
      { users: 1_025, succeeded: 2, totalMsP50: 1_000 },
    ];
    const all = compare('all', new Map([['all', facts(ours)]]), new Map([['all', facts(truth)]]), 'exactly');
    assert.equal(all.length, METRIC_NAMES.length);
    assert.deepEqual(
      all.filter(({ ok }) => !ok).map(({ metric }) => metric),
      ['users', 'totalMsP50'],
    );
  });

  it('tells what is not as it was before', () => {
    const at = (p50: number) =>
      compare(
        'all',
        new Map([['all', facts({ succeeded: 20, totalMsP50: p50 })]]),
        new Map([['all', facts({ succeeded: 20 })]]),
      );
    assert.deepEqual(changedSince(at(1_000), at(1_000)), []);
    assert.deepEqual(changedSince(at(1_000), at(1_001)), ['totalMsP50 of all all was 1000 and is 1001']);
  });

  it('takes a group that is missing for one of nothing', () => {
    const both = (ours: Facts, truth: Facts) => [
      ...compare('day', new Map([['1', facts(ours)]]), new Map()),
      ...compare('day', new Map(), new Map([['2', facts(truth)]])),
    ];
    assert.ok(both({}, {}).every(({ ok }) => ok));
    const found = both({ failed: 1 }, { arrivals: 2 }).filter(({ ok }) => !ok);
    assert.deepEqual(
      found.map(({ key, metric, ours, truth }) => [key, metric, ours, truth]),
      [
        ['1', 'failed', 1, 0],
        ['2', 'arrivals', 0, 2],
      ],
    );
  });
});

describe('the days that are asked for', () => {
  it('are those of the zone', () => {
    const [from, to] = [Date.parse('2024-11-03T04:30Z'), Date.parse('2024-11-03T18:20Z')];
    assert.deepEqual(datesIn('UTC', from, to), { zone: 'UTC', fromDay: '2024-11-03', toDay: '2024-11-04' });
    const [ny, npt] = [datesIn('America/New_York', from, to), datesIn('Asia/Kathmandu', from, to)];
    assert.deepEqual(
      [ny.fromDay, ny.toDay, npt.fromDay, npt.toDay],
      ['2024-11-03', '2024-11-04', '2024-11-03', '2024-11-05'],
    );
    assert.equal(lastOf(npt, 1).fromDay, '2024-11-04');
    assert.equal(lastOf(npt, 9).fromDay, '2024-11-03');
  });

  it('are asked for in stretches of at most 400 buckets', () => {
    const days = { by: 'bucket', zone: 'UTC', fromDay: '2024-11-01', toDay: '2024-11-18' } as const;
    const stretches = (granularity: '1m' | '15m' | '1h' | '1d') => stretchesOf({ ...days, granularity });
    assert.deepEqual(stretches('1d'), [{ from: '2024-11-01', to: '2024-11-18' }]);
    assert.deepEqual(stretches('1h'), [
      { from: '2024-11-01', to: '2024-11-16' },
      { from: '2024-11-16', to: '2024-11-18' },
    ]);
    assert.deepEqual(stretches('15m').at(-1), { from: '2024-11-17', to: '2024-11-18' });
    assert.equal(stretches('1m').length, 68);
    assert.deepEqual(stretches('1m').at(-1), { from: '2024-11-17T18:00:00Z', to: '2024-11-18T00:00:00Z' });
  });
});
