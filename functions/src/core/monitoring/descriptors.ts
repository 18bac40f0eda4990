/** What one metric of Cloud Monitoring is. */
export interface Descriptor {
  kind: 'GAUGE' | 'CUMULATIVE';
  valueType: 'INT64' | 'DOUBLE' | 'DISTRIBUTION';
  /** By the Unified Code for Units of Measure; what is in braces is an annotation. */
  unit: '1' | 's' | '{USD}';
  description: string;
  /** What each label says, by its key. */
  labels: Readonly<Record<string, string>>;
}

/** What the types of all our metrics begin with. */
export const METRIC_PREFIX = 'custom.googleapis.com/dailies/';

const OF_CELL = {
  provider: 'Who makes the video.',
  model: 'The model, or "other".',
  kind: 'What the video is made from.',
};
const OUTCOME = { outcome: 'How it ended: succeeded, failed, blocked, cancelled or expired.' };
const ROLLUP_VERSION = { rollup_version: 'The version of the rollups that counts; each began at a time of its own.' };

type Labels = Descriptor['labels'];
const count = (description: string, labels: Labels = {}): Descriptor => ({
  ...{ kind: 'GAUGE', valueType: 'INT64', unit: '1', description, labels },
});
const times = (description: string): Descriptor => ({
  ...{ kind: 'GAUGE', valueType: 'DISTRIBUTION', unit: 's', description, labels: OF_CELL },
});

/**
 * Every metric, by its type without the prefix. What is by provider, model and kind is of one minute, and has no point where there
 * was nothing; the totals and the rest are as of when they are written.
 */
export const DESCRIPTORS = {
  'video_generation/requests': count('Generations asked for in a minute.', OF_CELL),
  'video_generation/ended': count('Generations that ended in a minute.', { ...OF_CELL, ...OUTCOME }),
  'video_generation/cost': {
    ...{ kind: 'GAUGE', valueType: 'DOUBLE', unit: '{USD}', labels: OF_CELL },
    description: 'What providers charged for the generations that ended in a minute.',
  },
  'video_generation/duration': times('Time from the request to the end, whatever the outcome.'),
  'video_generation/queue_duration': times('Time from the request until the provider took it.'),
  'video_generation/render_duration': times('Time from when the provider took it until it was seen finished.'),
  'video_generation/store_duration': times('Time from when it was seen finished until it was stored.'),
  'video_generation/ended_total': {
    ...{ kind: 'CUMULATIVE', valueType: 'INT64', unit: '1', labels: { ...ROLLUP_VERSION, ...OUTCOME } },
    description: 'Generations that ended, ever counted: it misses nothing when a minute is not written.',
  },
  'video_generation/cost_total': {
    ...{ kind: 'CUMULATIVE', valueType: 'DOUBLE', unit: '{USD}', labels: ROLLUP_VERSION },
    description: 'What providers charged, ever counted: it misses nothing when a minute is not written.',
  },
  'aggregation/cursor_age': {
    ...{ kind: 'GAUGE', valueType: 'DOUBLE', unit: 's', labels: {} },
    description: 'How far the counting is behind.',
  },
  'aggregation/recount_mismatches': count('How often counting again found another number, ever.'),
  'alerting/episodes_open': count('Episodes that fire, are acknowledged or recover.', {
    severity: 'How grave: info, warning or critical.',
  }),
  'alerting/heartbeat': count('Rules that an evaluation looked at; written only when all of it went well.'),
  'queue/tasks': count('Tasks that wait in a queue; at most 100 are counted.', { queue: 'The queue of Cloud Tasks.' }),
} as const satisfies Record<string, Descriptor>;

export type MetricName = keyof typeof DESCRIPTORS;
export const METRIC_NAMES = Object.keys(DESCRIPTORS) as MetricName[];

/** What a metric is. */
export const descriptorOf = (name: MetricName): Descriptor => DESCRIPTORS[name];
