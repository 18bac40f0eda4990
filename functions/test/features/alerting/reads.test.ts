import assert from 'node:assert/strict';
import type { RuleInput } from '../../../src/core/alert/rule.ts';
import { evaluate } from '../../../src/features/alerting/index.ts';
import { capturedLogs, type Logs } from '../../stack/harness.ts';
import { MINUTE_MS, World } from './world.ts';

const RULES = 1_000;
const WINDOWS = [5, 15, 60];
const METRICS = ['successRate', 'errorCount', 'totalMsP95', 'costUsd', 'ratingMean'];

/** At 12:00, of windows that end there: five minutes, one quarter, one hour. */
const DOCUMENTS = 5 + 1 + 1;

describe('what an evaluation reads', function () {
  this.timeout(60_000);
  const world = new World();
  let logs: Logs;

  before(async () => {
    logs = capturedLogs();
    await world.start([]);
    const rules = Array.from(
      { length: RULES },
      (_, i): RuleInput => ({
        ...{ slug: `rule_${i}`, name: `Rule ${i}`, metric: METRICS[i % METRICS.length] ?? '' },
        windowMin: WINDOWS[i % WINDOWS.length] ?? 1,
        ...(i % 7 === 0 && { groupBy: ['provider' as const] }),
        condition: { type: 'threshold', op: '>', critical: 1e9 + i },
      }),
    );
    for (let from = 0; from < RULES; from += 400) await world.putRules(rules.slice(from, from + 400));
  });
  after(async () => {
    await world.stop();
    logs.restore();
  });

  it('is every rule once and no more documents than their distinct windows need', async () => {
    const noonMs = Math.ceil(world.clock.now() / (60 * MINUTE_MS)) * 60 * MINUTE_MS;
    for (let minute = 1; minute <= 5; minute++) {
      await world.putMinute(noonMs - minute * MINUTE_MS, { google: { succeeded: 5, failed: minute } });
    }
    world.clock.moveTo(noonMs + 15_000);
    await world.countUp();
    world.resetUsage();
    const { rules, changes } = await evaluate();
    assert.deepEqual([rules, changes], [RULES, 0]);
    const { reads, writes } = world.usage();
    // The place of the evaluation and of the aggregation, and the least that a query for live episodes costs.
    assert.equal(reads, RULES + DOCUMENTS + 3);
    assert.equal(writes, 1);
  });

  it('is not the numbers again within the same minute', async () => {
    world.resetUsage();
    await evaluate();
    const { reads, writes } = world.usage();
    assert.deepEqual([reads, writes], [RULES + 3, 0]);
  });
});
