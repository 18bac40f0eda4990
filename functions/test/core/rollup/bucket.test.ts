import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  bucketAt,
  bucketEnd,
  bucketExpiryMs,
  bucketStart,
  bucketsBetween,
  GRANULARITY_NAMES,
  type Granularity,
  isKept,
} from '../../../src/core/rollup/bucket.ts';
import { offsetRuns } from '../../../src/core/rollup/zone.ts';

const QUARTER_MS = 900_000;
const HOUR_MS = 4 * QUARTER_MS;
const DAY_MS = 24 * HOUR_MS;
const MANY = 2_000_000;

const ms = (iso: string) => Date.parse(iso);
const isoOf = (atMs: number) => new Date(atMs).toISOString().replace(':00.000Z', 'Z');

interface Row {
  zone: string;
  granularity: Granularity;
  at: string;
  start: string;
  end: string;
}

const rows: Row[] = [
  { zone: 'UTC', granularity: '1m', at: '2026-11-21T05:00:59Z', start: '2026-11-21T05:00Z', end: '2026-11-21T05:01Z' },
  { zone: 'UTC', granularity: '15m', at: '2026-11-21T05:44Z', start: '2026-11-21T05:30Z', end: '2026-11-21T05:45Z' },
  { zone: 'UTC', granularity: '1d', at: '2026-11-21T05:44Z', start: '2026-11-21T00:00Z', end: '2026-11-22T00:00Z' },
  // New York: 25 hours on 3 November 2024, the hour from one to two twice; 23 on 10 March.
  {
    zone: 'America/New_York',
    granularity: '1d',
    at: '2024-11-03T12:00Z',
    start: '2024-11-03T04:00Z',
    end: '2024-11-04T05:00Z',
  },
  {
    zone: 'America/New_York',
    granularity: '1h',
    at: '2024-11-03T05:30Z',
    start: '2024-11-03T05:00Z',
    end: '2024-11-03T06:00Z',
  },
  {
    zone: 'America/New_York',
    granularity: '1h',
    at: '2024-11-03T06:30Z',
    start: '2024-11-03T06:00Z',
    end: '2024-11-03T07:00Z',
  },
  {
    zone: 'America/New_York',
    granularity: '1d',
    at: '2024-03-10T12:00Z',
    start: '2024-03-10T05:00Z',
    end: '2024-03-11T04:00Z',
  },
  {
    zone: 'America/New_York',
    granularity: '1d',
    at: '2024-11-03T03:59Z',
    start: '2024-11-02T04:00Z',
    end: '2024-11-03T04:00Z',
  },
  // Kathmandu: 5 h 45 min ahead.
  {
    zone: 'Asia/Kathmandu',
    granularity: '1h',
    at: '2026-01-01T00:00Z',
    start: '2025-12-31T23:15Z',
    end: '2026-01-01T00:15Z',
  },
  {
    zone: 'Asia/Kathmandu',
    granularity: '1d',
    at: '2026-01-01T18:14Z',
    start: '2025-12-31T18:15Z',
    end: '2026-01-01T18:15Z',
  },
  // Lord Howe: the clocks move by half an hour, from 02:00 to 02:30 and from 02:00 to 01:30.
  {
    zone: 'Australia/Lord_Howe',
    granularity: '1d',
    at: '2024-10-05T20:00Z',
    start: '2024-10-05T13:30Z',
    end: '2024-10-06T13:00Z',
  },
  {
    zone: 'Australia/Lord_Howe',
    granularity: '1h',
    at: '2024-10-05T15:40Z',
    start: '2024-10-05T15:30Z',
    end: '2024-10-05T16:00Z',
  },
  {
    zone: 'Australia/Lord_Howe',
    granularity: '1d',
    at: '2024-04-07T00:00Z',
    start: '2024-04-06T13:00Z',
    end: '2024-04-07T13:30Z',
  },
  {
    zone: 'Australia/Lord_Howe',
    granularity: '1h',
    at: '2024-04-06T15:10Z',
    start: '2024-04-06T15:00Z',
    end: '2024-04-06T15:30Z',
  },
  // Apia had no 30 December 2011.
  {
    zone: 'Pacific/Apia',
    granularity: '1d',
    at: '2011-12-30T09:59Z',
    start: '2011-12-29T10:00Z',
    end: '2011-12-30T10:00Z',
  },
  {
    zone: 'Pacific/Apia',
    granularity: '1d',
    at: '2011-12-30T10:00Z',
    start: '2011-12-30T10:00Z',
    end: '2011-12-31T10:00Z',
  },
  // Havana's clocks go back from 01:00 to 00:00, Beirut's go forward from 00:00 to 01:00.
  {
    zone: 'America/Havana',
    granularity: '1d',
    at: '2024-11-03T05:30Z',
    start: '2024-11-03T04:00Z',
    end: '2024-11-04T05:00Z',
  },
  {
    zone: 'Asia/Beirut',
    granularity: '1d',
    at: '2024-03-31T12:00Z',
    start: '2024-03-30T22:00Z',
    end: '2024-03-31T21:00Z',
  },
  // Scoresbysund's went back from midnight to eleven in the evening.
  {
    zone: 'America/Scoresbysund',
    granularity: '1d',
    at: '2025-10-26T00:30Z',
    start: '2025-10-25T01:00Z',
    end: '2025-10-26T02:00Z',
  },
];

describe('core/rollup/bucket', () => {
  for (const { zone, granularity, at, start, end } of rows) {
    it(`${granularity} of ${at} in ${zone}`, () => {
      const bucket = bucketAt(ms(at), granularity, zone);
      assert.deepEqual([isoOf(bucket.startMs), isoOf(bucket.endMs)], [start, end]);
    });
  }

  it('days are what Intl says they are, hour by hour, and hours lie within them, in whole quarters', () => {
    for (const zone of [
      'America/New_York',
      'Asia/Kathmandu',
      'Australia/Lord_Howe',
      'Pacific/Apia',
      'Africa/Casablanca',
    ]) {
      const format = new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short' });
      let [before, start] = ['', Number.NaN];
      for (let atMs = ms('2019-06-01T00:00Z'); atMs < ms('2028-01-01T00:00Z'); atMs += HOUR_MS / 2) {
        const date = format.format(atMs);
        const day = bucketStart(atMs, '1d', zone);
        assert.equal(day === start, date === before, `${zone} ${isoOf(atMs)}`);
        const hour = bucketAt(atMs, '1h', zone);
        assert.equal(hour.startMs % QUARTER_MS, 0);
        assert.equal(bucketStart(hour.startMs, '1d', zone), bucketStart(hour.endMs - 1, '1d', zone));
        [before, start] = [date, day];
      }
    }
  }).timeout(60_000);

  it('every zone is whole quarters from UTC, from whole quarters on, so quarters make up its hours and days', () => {
    for (const zone of Intl.supportedValuesOf('timeZone')) {
      const runs = offsetRuns(zone);
      for (const { startMs } of runs.slice(1)) assert.equal(startMs % QUARTER_MS, 0, zone);
      for (const { endMs, offsetMs } of runs) {
        if (endMs < ms('2020-01-01T00:00Z')) continue;
        assert.equal(Math.abs(offsetMs % QUARTER_MS), 0, zone);
      }
    }
  }).timeout(60_000);

  it('buckets follow on each other without a gap, and each holds what is in it', () => {
    const zones = fc.constantFrom(...Intl.supportedValuesOf('timeZone'));
    const atMs = fc.integer({ min: ms('2012-01-01T00:00Z'), max: ms('2044-01-01T00:00Z') });
    fc.assert(
      fc.property(zones, atMs, fc.constantFrom<Granularity>('1h', '1d'), (zone, at, granularity) => {
        const bucket = bucketAt(at, granularity, zone);
        assert.ok(bucket.startMs <= at && at < bucket.endMs);
        assert.deepEqual(bucketAt(bucket.startMs, granularity, zone), bucket);
        assert.deepEqual(bucketAt(bucket.endMs - 1, granularity, zone), bucket);
        assert.equal(bucketStart(bucket.endMs, granularity, zone), bucket.endMs);
        assert.equal(bucketEnd(bucket.startMs - 1, granularity, zone), bucket.startMs);
        const hours = (bucket.endMs - bucket.startMs) / HOUR_MS;
        assert.ok(granularity === '1d' ? hours >= 21 && hours <= 27 : hours > 0 && hours <= 1, `${hours} h in ${zone}`);
      }),
      { seed: 1, numRuns: 3_000 },
    );
  }).timeout(60_000);

  it('lists the buckets of a range', () => {
    const november = bucketsBetween(ms('2024-11-01T04:00Z'), ms('2024-12-01T05:00Z'), '1d', 'America/New_York');
    assert.equal(november.length, 30);
    assert.equal(november[2] && november[2].endMs - november[2].startMs, 25 * HOUR_MS);
    assert.equal(bucketsBetween(10 * QUARTER_MS + 1, 12 * QUARTER_MS, '15m').length, 2);
    assert.deepEqual(bucketsBetween(5, 5, '1m'), []);
    assert.throws(() => bucketsBetween(0, 11 * DAY_MS, '1d', 'UTC', 10), /more than 10 buckets/);
    assert.equal(bucketsBetween(0, MANY, '1m', 'UTC').length, Math.ceil(MANY / 60_000));
  });

  it('refuses minutes and quarters of other zones, and unknown zones', () => {
    assert.throws(() => bucketAt(0, '15m', 'Asia/Kathmandu'), /in UTC only/);
    assert.throws(() => bucketAt(0, '1d', 'Mars/Olympus'), RangeError);
  });

  it('is kept for as long as its granularity is', () => {
    const kept = GRANULARITY_NAMES.map((granularity) => {
      const bucket = bucketAt(0, granularity);
      const expiryMs = bucketExpiryMs(bucket);
      if (expiryMs !== undefined)
        assert.deepEqual([isKept(bucket, expiryMs - 1), isKept(bucket, expiryMs)], [true, false]);
      return [granularity, expiryMs && (expiryMs - bucket.endMs) / HOUR_MS];
    });
    assert.deepEqual(kept, [
      ['1m', 48],
      ['15m', 2_880],
      ['1h', 2_880],
      ['1d', undefined],
    ]);
  });
});
