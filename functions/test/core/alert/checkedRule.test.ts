import assert from 'node:assert/strict';
import { checkedRule, ruleProblems } from '../../../src/core/alert/checkedRule.ts';
import { DEFAULT_RULES } from '../../../src/core/alert/defaultRules.ts';
import { judge } from '../../../src/core/alert/judge.ts';
import type { RuleInput } from '../../../src/core/alert/rule.ts';
import { AppError } from '../../../src/core/errors.ts';
import { observationAt, ruleOf } from './play.ts';

const RULE = {
  ...{ slug: 'slow', name: 'Slow', metric: 'totalMsP95', windowMin: 15 },
  condition: { type: 'threshold', op: '>', warning: 300_000, critical: 600_000 },
};

describe('a rule as people write it', () => {
  const refused: [string, object, string][] = [
    ['a field that there is not', { tresholds: 1 }, ''],
    ['a metric that there is not', { metric: 'happiness' }, 'metric'],
    ['the name of what every object has', { metric: 'constructor' }, 'metric'],
    ['no bound', { condition: { type: 'threshold', op: '>' } }, 'condition'],
    [
      'bounds in the wrong order',
      { condition: { type: 'threshold', op: '<', warning: 1, critical: 2 } },
      'condition.critical',
    ],
    [
      'bounds that are the same',
      { condition: { type: 'threshold', op: '>=', warning: 2, critical: 2 } },
      'condition.critical',
    ],
    [
      'a bound that is no number',
      { condition: { type: 'threshold', op: '>', warning: Number.NaN } },
      'condition.warning',
    ],
    ['a recovery that is worse than the bound', { recover: { warning: 300_001 } }, 'recover.warning'],
    [
      'a recovery from a bound that there is not',
      { condition: { type: 'threshold', op: '>', warning: 1 }, recover: { critical: 1 } },
      'recover.critical',
    ],
    [
      'a recovery from absence',
      { condition: { type: 'absence', severity: 'info' }, recover: { warning: 1 } },
      'recover.warning',
    ],
    [
      'a filter that the metric is not counted by',
      { metric: 'queueBacklog', filters: { provider: 'google' } },
      'filters.provider',
    ],
    ['a group that the metric is not counted by', { metric: 'queueBacklog', groupBy: ['model'] }, 'groupBy.0'],
    ['a group twice', { groupBy: ['model', 'model'] }, 'groupBy'],
    ['a window of which the minutes are gone', { windowMin: 48 * 60 }, 'windowMin'],
    [
      'a window before of which the minutes are gone',
      { windowMin: 1_440, condition: { type: 'change', direction: 'up', against: 'day', warning: 1 } },
      'windowMin',
    ],
    [
      'a week before of minutes',
      { condition: { type: 'change', direction: 'up', against: 'week', warning: 1 } },
      'condition.against',
    ],
  ];
  for (const [what, change, path] of refused) {
    it(`is refused with ${what}`, () => {
      assert.throws(
        () => checkedRule({ ...RULE, ...change }),
        (error) => {
          assert.ok(error instanceof AppError && error.code === 'invalid_request');
          assert.deepEqual(
            error.problems.map((problem) => problem.path),
            [path],
          );
          return true;
        },
      );
    });
  }

  it('has its defaults', () => {
    const { enabled, forMin, noData, recover, minSamples } = checkedRule(RULE);
    assert.deepEqual(
      { enabled, forMin, noData, recover, minSamples },
      { enabled: true, forMin: 0, noData: 'ok', recover: { keepFiringMin: 0 }, minSamples: 0 },
    );
  });
});

describe('the default rules', () => {
  const BOUNDS: Record<string, string> = {
    slow_generation: 'totalMsMean > warning 90000 in 15 min',
    slow_generation_p95: 'totalMsP95 > warning 300000 critical 600000 in 15 min',
    low_success_rate: 'successRate < warning 0.95 in 60 min',
    quality_degradation: 'qualityScore10 < warning 8 in 360 min',
    user_satisfaction: 'ratingMean < warning 4 in 1440 min',
    conversion_drop: 'premiumConversion < warning 0.5 in 10080 min',
    high_error_rate: 'errorRate > warning 0.05 critical 0.1 in 15 min',
    error_rate_page: 'errorRate > critical 0.2 in 5 min',
    error_volume: 'errorCount > warning 50 in 60 min',
    failure_pattern: 'errorPatternCount > warning 5 in 60 min',
    service_down: 'serviceDown >= critical 1 in 5 min',
    queue_backlog: 'queueBacklog > warning 50 in 5 min',
    api_latency: 'apiP95Ms > warning 1000 critical 3000 in 5 min',
    revenue_decline: 'revenueUsd down week warning 0.2 in 10080 min',
    aggregation_late: 'cursorAgeMin > critical 5 in 1 min',
    rollup_mismatch: 'recountMismatches > critical 0 in 60 min',
    warehouse_mismatch: 'warehouseMismatches > warning 0 in 60 min',
    warehouse_late: 'warehouseAgeMin > warning 30 critical 120 in 1 min',
    warehouse_refused: 'warehouseDeadLetters > warning 0 in 60 min',
    model_sunset: 'daysToSunset <= warning 30 in 60 min',
    daily_cap: 'dailyCapShare >= warning 0.8 critical 1 in 5 min',
  };

  it('are those that were asked for, with these bounds', () => {
    const told = DEFAULT_RULES.map(({ slug, metric, condition, windowMin }) => {
      const { type: _type, ...rest } = condition;
      const words = Object.entries(rest).map(([name, value]) =>
        typeof value === 'number' ? `${name} ${value}` : value,
      );
      return [slug, `${metric} ${words.join(' ')} in ${windowMin} min`];
    });
    assert.deepEqual(Object.fromEntries(told), BOUNDS);
  });

  for (const rule of DEFAULT_RULES) {
    it(`${rule.slug} can be used, is on, and has its page`, () => {
      assert.deepEqual(ruleProblems(rule), []);
      assert.equal(rule.enabled, true);
      assert.equal(rule.runbookUrl, `docs/runbooks/${rule.slug}.md`);
      assert.deepEqual(checkedRule(JSON.parse(JSON.stringify(rule))), rule);
    });
  }

  it('take no data for good where it was asked for', () => {
    const noData = new Map(DEFAULT_RULES.map((rule) => [rule.slug, rule.noData]));
    assert.deepEqual([noData.get('quality_degradation'), noData.get('conversion_drop')], ['ok', 'ok']);
  });
});

describe('the judgement of an observation', () => {
  const cases: [string, Partial<RuleInput>, number | undefined, string | undefined, string][] = [
    ['on the bound, >', { condition: { type: 'threshold', op: '>', warning: 10 } }, 10, undefined, 'ok'],
    ['on the bound, >=', { condition: { type: 'threshold', op: '>=', warning: 10 } }, 10, undefined, 'warning'],
    ['on the bound, <', { condition: { type: 'threshold', op: '<', warning: 10 } }, 10, undefined, 'ok'],
    ['on the bound, <=', { condition: { type: 'threshold', op: '<=', critical: 10 } }, 10, undefined, 'critical'],
    ['between bound and recovery, not firing', { recover: { warning: 8 } }, 9, undefined, 'ok'],
    ['between bound and recovery, firing', { recover: { warning: 8 } }, 9, 'warning', 'warning'],
    ['between critical and its recovery, at warning', { recover: { critical: 15 } }, 18, 'warning', 'warning'],
    ['between critical and its recovery, at critical', { recover: { critical: 15 } }, 18, 'critical', 'critical'],
    ['no value', {}, undefined, undefined, 'no_data'],
    ['no number', {}, Number.NaN, undefined, 'no_data'],
    ['too small a sample', { minSamples: 2 }, 30, undefined, 'no_data'],
  ];
  for (const [name, rule, value, firing, expected] of cases) {
    it(`${name}: ${expected}`, () => {
      const found = judge(ruleOf(rule), observationAt(1, value), firing as 'warning' | 'critical' | undefined);
      assert.equal(found.kind === 'breach' ? found.severity : found.kind, expected);
    });
  }

  it('of a change is its share of what was before', () => {
    const rule = (direction: 'up' | 'down') =>
      ruleOf({ condition: { type: 'change', direction, against: 'previous', warning: 0.2 } });
    const kind = (direction: 'up' | 'down', value: number, before?: number) =>
      judge(rule(direction), observationAt(1, value, before === undefined ? {} : { before })).kind;
    assert.deepEqual(
      [kind('up', 121, 100), kind('up', 119, 100), kind('down', 79, 100), kind('down', 121, 100)],
      ['breach', 'ok', 'breach', 'ok'],
    );
    assert.deepEqual([kind('up', 5, 0), kind('up', 5), kind('up', -50, -100)], ['no_data', 'no_data', 'breach']);
  });
});
