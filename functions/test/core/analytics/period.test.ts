import assert from 'node:assert/strict';
import { type PeriodQuery, periodOf } from '../../../src/core/analytics/period.ts';
import { previousPeriod } from '../../../src/core/analytics/previousPeriod.ts';

const AS_OF = Date.parse('2024-11-21T13:37:20Z');
const iso = ({ fromMs, toMs }: { fromMs: number; toMs: number }) =>
  [fromMs, toMs].map((ms) => new Date(ms).toISOString().slice(0, 16));

describe('core/analytics/period', () => {
  for (const [query, zone, expected] of [
    [{}, 'UTC', ['2024-11-20T13:00', '2024-11-21T14:00']],
    [{ range: '24h' }, 'Asia/Kathmandu', ['2024-11-20T13:15', '2024-11-21T14:15']],
    [{ range: '7d' }, 'UTC', ['2024-11-14T00:00', '2024-11-22T00:00']],
    [{ range: '30d' }, 'America/New_York', ['2024-10-22T04:00', '2024-11-22T05:00']],
    [{ from: '2024-11-01', to: '2024-12-01' }, 'America/New_York', ['2024-11-01T04:00', '2024-12-01T05:00']],
    [{ from: '2024-11-01', to: '2024-11-02' }, 'Pacific/Apia', ['2024-10-31T11:00', '2024-11-01T11:00']],
    [
      { from: '2024-11-01T10:00:00+05:45', to: '2024-11-02T00:00:00Z' },
      'UTC',
      ['2024-11-01T04:15', '2024-11-02T00:00'],
    ],
  ] as [PeriodQuery, string, string[]][]) {
    it(`${JSON.stringify(query)} of ${zone}`, () => assert.deepEqual(iso(periodOf(query, zone, AS_OF)), expected));
  }

  for (const [query, message] of [
    [{ from: '2024-11-01' }, /to/],
    [{ to: '2024-11-01' }, /from/],
    [{ from: '2024-11-01', to: '2024-11-02', range: '7d' }, /either/],
    [{ from: '2024-11-02', to: '2024-11-02' }, /end after/],
    [{ from: '2001-01-01', to: '2024-11-02' }, /4000 days/],
    [{ from: '0001-01-01', to: '0001-01-02' }, /2000 to 2099/],
    [{ from: '2024-11-01T00:00:30Z', to: '2024-11-02' }, /whole minute/],
  ] as [PeriodQuery, RegExp][]) {
    it(`refuses ${JSON.stringify(query)}`, () => {
      assert.throws(() => periodOf(query, 'UTC', AS_OF), { code: 'invalid_request', message });
    });
  }

  for (const [query, zone, expected] of [
    // As many days, though the clocks were moved.
    [{ from: '2024-11-01', to: '2024-11-11' }, 'America/New_York', ['2024-10-22T04:00', '2024-11-01T04:00']],
    [{ from: '2024-11-05T10:00:00Z', to: '2024-11-05T12:00:00Z' }, 'UTC', ['2024-11-05T08:00', '2024-11-05T10:00']],
    // What is not over yet is not held against the whole of what was before.
    [{ range: '7d' }, 'UTC', ['2024-11-06T00:00', '2024-11-13T13:30']],
    [{ range: '24h' }, 'UTC', ['2024-11-19T12:00', '2024-11-20T12:30']],
    [{ from: '2024-01-01', to: '2025-01-01' }, 'UTC', ['2022-12-31T00:00', '2023-11-21T00:00']],
    [{ from: '2025-01-01', to: '2025-01-02' }, 'UTC', ['2024-12-31T00:00', '2025-01-01T00:00']],
  ] as [PeriodQuery, string, string[]][]) {
    it(`before ${JSON.stringify(query)} of ${zone} was ${expected}`, () => {
      assert.deepEqual(iso(previousPeriod(periodOf(query, zone, AS_OF), AS_OF)), expected);
    });
  }

  for (const [query, zone, asOf, expected] of [
    [{ from: '2024-03-01', to: '2024-04-01' }, 'UTC', '2024-11-20', ['2024-02-01T00:00', '2024-03-01T00:00']],
    [
      ...[{ from: '2024-01-01', to: '2024-07-01' }, 'America/New_York', '2024-11-20'],
      ['2023-07-01T04:00', '2024-01-01T05:00'],
    ],
    // Of months that are not over yet as much as is over of them, and not more than there is.
    [{ from: '2024-11-01', to: '2024-12-01' }, 'UTC', '2024-11-20T13:37Z', ['2024-10-01T00:00', '2024-10-20T13:30']],
    [{ from: '2024-03-01', to: '2024-04-01' }, 'UTC', '2024-03-31T12:00Z', ['2024-02-01T00:00', '2024-03-01T00:00']],
    [{ from: '2024-03-15', to: '2024-04-01' }, 'UTC', '2024-11-20', ['2024-02-27T00:00', '2024-03-15T00:00']],
  ] as [PeriodQuery, string, string, string[]][]) {
    it(`by months, before ${JSON.stringify(query)} of ${zone} was ${expected}`, () => {
      assert.deepEqual(iso(previousPeriod(periodOf(query, zone, AS_OF), Date.parse(asOf), 'month')), expected);
    });
  }
});
