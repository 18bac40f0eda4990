import assert from 'node:assert/strict';
import { type PeriodRow, partOf, QUERIED_PARTS, type QueriedPart } from '../../src/core/insights/business/fromRows.ts';
import {
  addDays,
  dateOf,
  INSIGHT_GRANULARITIES,
  type InsightPeriod,
  periodsBetween,
} from '../../src/core/insights/period.ts';
import { BUSINESS_QUERIES, businessParams } from '../../src/features/insights/business.ts';
import { periodKey, windowOf } from '../../src/features/insights/computation.ts';
import { type StartedWarehouse, startWarehouse } from '../warehouse/started.ts';
import { expectedMetrics, type Told, toldOf } from './expected.ts';
import { HISTORY_END_MS, HISTORY_START_MS, productHistory } from './history.ts';

/** How many numbers, dates and names there are in a value. */
const size = (value: unknown): number =>
  typeof value === 'object' && value !== null ? Object.values(value).reduce((sum: number, v) => sum + size(v), 0) : 1;

const sum = (...values: (number | undefined)[]) =>
  values.reduce<number>((total, value) => total + (value ?? Number.NaN), 0);

/** How many values there are to compare, at least. */
const COMPARED = { day: 17_000, week: 6_000, month: 1_500 };

describe('business metrics of a product history of 200 days', () => {
  let warehouse: StartedWarehouse;
  let told: Told[];
  before(async () => {
    const events = productHistory();
    told = toldOf(events);
    warehouse = await startWarehouse(HISTORY_END_MS);
    await warehouse.load(events);
  });
  after(() => warehouse?.stop());

  async function ask(part: QueriedPart, periods: InsightPeriod[]): Promise<Map<string, object>> {
    const rows = await warehouse.ask<PeriodRow>(
      BUSINESS_QUERIES[part],
      businessParams(part, windowOf(periods, new Date(HISTORY_END_MS))),
    );
    const byPeriod = Map.groupBy(rows, ({ period }) => String(period));
    return new Map(
      periods.map((period) => {
        const key = periodKey(period);
        return [key, partOf(part, byPeriod.get(key) ?? [], period, HISTORY_END_MS)];
      }),
    );
  }

  for (const granularity of INSIGHT_GRANULARITIES) {
    it(`are what the definitions say, for every ${granularity}`, async () => {
      const periods = periodsBetween(granularity, dateOf(HISTORY_START_MS), addDays(dateOf(HISTORY_END_MS), 1));
      const parts = QUERIED_PARTS.filter((part) => part !== 'retention' || granularity !== 'day');
      const found = new Map<string, Map<string, object>>();
      for (const part of parts) found.set(part, await ask(part, periods));
      let compared = 0;
      for (const period of periods) {
        const expected = expectedMetrics(told, period, HISTORY_END_MS);
        for (const part of parts) {
          assert.deepEqual(found.get(part)?.get(periodKey(period)), expected[part], `${part} of ${periodKey(period)}`);
        }
        compared += size(expected);
        const { subscriptions: mrr, tickets } = expected;
        const gained = sum(mrr?.newMrrUsdMicros, mrr?.reactivatedMrrUsdMicros, mrr?.expansionMrrUsdMicros);
        const lost = sum(mrr?.contractionMrrUsdMicros, mrr?.churnedMrrUsdMicros);
        assert.equal(mrr?.mrrAtEndUsdMicros, sum(mrr?.mrrAtStartUsdMicros, gained) - lost);
        assert.equal(tickets?.openAtEnd, sum(tickets?.openAtStart, tickets?.opened) - sum(tickets?.closed));
      }
      assert.ok(compared >= COMPARED[granularity], `${compared} values`);
    });
  }
});
