import type { Severity } from '../alert/rule.ts';
import type { Cell } from '../rollup/cell.ts';
import { readMetrics, readUsers } from '../rollup/read.ts';
import type { Family } from './exposition.ts';

const gauge = (name: string, help: string, value: number | undefined): Family => ({
  ...{ name, help, type: 'gauge' },
  samples: value === undefined ? [] : [{ labels: {}, value }],
});

/** How things are, besides what is counted; what is not known is undefined. */
export interface Present {
  /** Of the last 24 hours and the open one. */
  day: Cell | undefined;
  cursorAgeSec: number | undefined;
  recountMismatches: number;
  openEpisodes: Readonly<Record<Severity, number>>;
  /** Tasks that wait, by queue. */
  queueDepths: Readonly<Record<string, number>>;
}

/** How things are, as metrics. */
export function presentFamilies({ day, cursorAgeSec, recountMismatches, ...present }: Present): Family[] {
  const { successRate, ratingMean, qualityMean, costPerDeliveredSecUsd } = readMetrics(day);
  const byLabel = (label: string, values: Readonly<Record<string, number>>) =>
    Object.entries(values).map(([name, value]) => ({ labels: { [label]: name }, value }));
  return [
    gauge(
      'video_generation_day_success_ratio',
      'Succeeded in 24 hours ÷ those that ran their course.',
      successRate?.value,
    ),
    gauge('video_generation_day_rating_stars', 'The mean rating of what ended in 24 hours.', ratingMean?.value),
    gauge(
      'video_generation_day_quality_score',
      'The mean quality, 0 to 1, of what ended in 24 hours.',
      qualityMean?.value,
    ),
    gauge(
      'video_generation_day_cost_usd_per_delivered_second',
      'What a delivered second of video cost in 24 hours.',
      costPerDeliveredSecUsd?.value,
    ),
    gauge('video_generation_day_users', 'Users who asked for a video in 24 hours.', readUsers(day)?.value),
    gauge('aggregation_cursor_age_seconds', 'How far the counting is behind.', cursorAgeSec),
    {
      ...{ name: 'aggregation_recount_mismatches_total', type: 'counter' },
      help: 'How often counting again found another number.',
      samples: [{ labels: {}, value: recountMismatches }],
    },
    {
      ...{ name: 'alert_episodes_open', type: 'gauge' },
      help: 'Episodes that fire, are acknowledged or recover, by severity.',
      samples: byLabel('severity', present.openEpisodes),
    },
    {
      ...{ name: 'queue_tasks', type: 'gauge' },
      help: 'Tasks that wait in a queue; at most 100 are counted.',
      samples: byLabel('queue', present.queueDepths),
    },
  ];
}
