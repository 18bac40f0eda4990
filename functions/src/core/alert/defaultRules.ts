import { type Rule, type RuleInput, ruleSchema } from './rule.ts';

const DAY_MIN = 1_440;
/** Where a rule has no better reason, what fires is over when it has been good for so long. */
const KEEP_FIRING_MIN = 5;

const inputs: RuleInput[] = [
  {
    ...{ slug: 'slow_generation', name: 'Generations are slow', metric: 'totalMsMean', windowMin: 15, minSamples: 5 },
    description: 'The mean time from request to end is over 90 s.',
    condition: { type: 'threshold', op: '>', warning: 90_000 },
    recover: { warning: 85_000, keepFiringMin: KEEP_FIRING_MIN },
  },
  {
    ...{ slug: 'slow_generation_p95', name: 'The slowest generations take very long', metric: 'totalMsP95' },
    ...{ windowMin: 15, minSamples: 20 },
    description: 'One generation in twenty takes longer than 5 min (10 min).',
    condition: { type: 'threshold', op: '>', warning: 300_000, critical: 600_000 },
    recover: { warning: 270_000, critical: 540_000, keepFiringMin: KEEP_FIRING_MIN },
  },
  {
    ...{ slug: 'low_success_rate', name: 'Too few generations succeed', metric: 'successRate' },
    ...{ windowMin: 60, minSamples: 20, forMin: 5 },
    description: 'Of the generations that ran their course, fewer than 95 % delivered.',
    condition: { type: 'threshold', op: '<', warning: 0.95 },
    recover: { keepFiringMin: KEEP_FIRING_MIN },
  },
  {
    ...{ slug: 'quality_degradation', name: 'Quality falls', metric: 'qualityScore10' },
    ...{ windowMin: 6 * 60, minSamples: 10, forMin: 15 },
    description: 'The mean quality score is below 8.0 of 10.',
    condition: { type: 'threshold', op: '<', warning: 8 },
    recover: { warning: 8.1, keepFiringMin: 15 },
  },
  {
    ...{ slug: 'user_satisfaction', name: 'Users are not satisfied', metric: 'ratingMean' },
    ...{ windowMin: DAY_MIN, minSamples: 20, forMin: 15 },
    description: 'The mean rating is below 4.0 of 5.',
    condition: { type: 'threshold', op: '<', warning: 4 },
    recover: { warning: 4.05, keepFiringMin: 15 },
  },
  {
    ...{ slug: 'conversion_drop', name: 'Few users become premium', metric: 'premiumConversion' },
    ...{ windowMin: 7 * DAY_MIN, minSamples: 20 },
    description: 'Of a cohort, fewer than half subscribed within 30 days of signing up.',
    condition: { type: 'threshold', op: '<', warning: 0.5 },
    recover: { keepFiringMin: 60 },
  },
  {
    ...{ slug: 'high_error_rate', name: 'Many generations fail', metric: 'errorRate' },
    ...{ windowMin: 15, minSamples: 20, forMin: 5 },
    description: 'More than 5 % (10 %) of the generations that ran their course failed or expired.',
    condition: { type: 'threshold', op: '>', warning: 0.05, critical: 0.1 },
    recover: { warning: 0.04, critical: 0.08, keepFiringMin: KEEP_FIRING_MIN },
  },
  {
    ...{
      slug: 'error_rate_page',
      name: 'Generations fail in numbers',
      metric: 'errorRate',
      windowMin: 5,
      minSamples: 10,
    },
    description: 'More than 20 % of the generations that ran their course failed or expired: called at once.',
    condition: { type: 'threshold', op: '>', critical: 0.2 },
    recover: { critical: 0.15, keepFiringMin: KEEP_FIRING_MIN },
  },
  {
    ...{ slug: 'error_volume', name: 'Many errors within an hour', metric: 'errorCount', windowMin: 60 },
    description: 'More than 50 generations failed or expired within an hour.',
    condition: { type: 'threshold', op: '>', warning: 50 },
    recover: { warning: 40, keepFiringMin: KEEP_FIRING_MIN },
  },
  {
    ...{ slug: 'failure_pattern', name: 'One error comes again and again', metric: 'errorPatternCount', windowMin: 60 },
    description: 'One error code ended more than 5 generations within an hour.',
    condition: { type: 'threshold', op: '>', warning: 5 },
    recover: { keepFiringMin: KEEP_FIRING_MIN },
  },
  {
    ...{
      slug: 'service_down',
      name: 'A service is down',
      metric: 'serviceDown',
      windowMin: 5,
      forMin: 2,
      noData: 'keep',
    },
    description: 'The health probe of a dependency fails.',
    condition: { type: 'threshold', op: '>=', critical: 1 },
    ...{ recover: { keepFiringMin: 2 }, ofPipeline: true },
  },
  {
    ...{ slug: 'queue_backlog', name: 'Work piles up', metric: 'queueBacklog', windowMin: 5, forMin: 5 },
    description: 'More than 50 tasks wait to begin or to end a generation.',
    condition: { type: 'threshold', op: '>', warning: 50 },
    recover: { warning: 40, keepFiringMin: KEEP_FIRING_MIN },
  },
  {
    ...{ slug: 'api_latency', name: 'The API is slow', metric: 'apiP95Ms', windowMin: 5, minSamples: 20, forMin: 3 },
    description: 'One request in twenty takes longer than 1 s (3 s).',
    condition: { type: 'threshold', op: '>', warning: 1_000, critical: 3_000 },
    recover: { warning: 900, critical: 2_700, keepFiringMin: KEEP_FIRING_MIN },
  },
  {
    ...{ slug: 'revenue_decline', name: 'Revenue falls', metric: 'revenueUsd', windowMin: 7 * DAY_MIN, minSamples: 10 },
    description: 'Payments less refunds of seven days are a fifth below those of the week before.',
    condition: { type: 'change', direction: 'down', against: 'week', warning: 0.2 },
    recover: { keepFiringMin: 60 },
  },
  {
    ...{ slug: 'aggregation_late', name: 'The counting is late', metric: 'cursorAgeMin', windowMin: 1, noData: 'keep' },
    description: 'Events older than 5 min are not in the numbers; all rules about numbers are silent.',
    condition: { type: 'threshold', op: '>', critical: 5 },
    ...{ recover: { critical: 2, keepFiringMin: 2 }, ofPipeline: true },
  },
  {
    ...{ slug: 'rollup_mismatch', name: 'The numbers do not add up', metric: 'recountMismatches', windowMin: 60 },
    description: 'A recount of the log differed from what was counted.',
    condition: { type: 'threshold', op: '>', critical: 0 },
    ...{ noData: 'keep', ofPipeline: true },
  },
  {
    ...{ slug: 'warehouse_mismatch', name: 'The warehouse differs', metric: 'warehouseMismatches', windowMin: 60 },
    description: 'In the nightly comparison the warehouse had other numbers than the rollups.',
    condition: { type: 'threshold', op: '>', warning: 0 },
    ...{ noData: 'keep', ofPipeline: true },
  },
  {
    ...{ slug: 'warehouse_late', name: 'The warehouse is late', metric: 'warehouseAgeMin', windowMin: 1, forMin: 10 },
    description: 'Events older than 30 min (2 h) are not in BigQuery; insights and long history lack them.',
    condition: { type: 'threshold', op: '>', warning: 30, critical: 120 },
    ...{ recover: { warning: 15, critical: 60, keepFiringMin: KEEP_FIRING_MIN }, noData: 'keep', ofPipeline: true },
  },
  {
    ...{
      slug: 'warehouse_refused',
      name: 'The warehouse refuses events',
      metric: 'warehouseDeadLetters',
      windowMin: 60,
    },
    description: 'Events could not become rows in BigQuery and wait in warehouse_dead_letters.',
    condition: { type: 'threshold', op: '>', warning: 0 },
    ...{ noData: 'keep', ofPipeline: true },
  },
  {
    ...{ slug: 'model_sunset', name: 'A model ends soon', metric: 'daysToSunset', windowMin: 60 },
    description: 'A model that is in use is switched off within 30 days.',
    condition: { type: 'threshold', op: '<=', warning: 30 },
    renotifyMin: 7 * DAY_MIN,
    escalation: { steps: [{ afterMin: 7 * DAY_MIN, channels: ['email', 'slack'] }] },
  },
  {
    ...{ slug: 'daily_cap', name: "The day's spending cap is near", metric: 'dailyCapShare', windowMin: 5 },
    description:
      "80 % (100 %) of the project's spending cap of today is asked for; at the cap nothing more is taken in.",
    condition: { type: 'threshold', op: '>=', warning: 0.8, critical: 1 },
    recover: { keepFiringMin: KEEP_FIRING_MIN },
  },
];

/** The rules that every installation begins with, all of them on. */
export const DEFAULT_RULES: readonly Rule[] = inputs.map((input) =>
  ruleSchema.parse({ runbookUrl: `docs/runbooks/${input.slug}.md`, ...input }),
);
