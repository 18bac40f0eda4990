import { z } from 'zod';

/** How urgent an episode is. */
export const SEVERITIES = ['info', 'warning', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** The kinds of channel that there are. */
export const CHANNEL_KINDS = ['email', 'slack', 'sms', 'webhook', 'pagerduty'] as const;
export type ChannelKind = (typeof CHANNEL_KINDS)[number];

/** What a rule may be counted by, and narrowed to. */
export const DIMENSIONS = ['provider', 'model', 'kind'] as const;
export type Dimension = (typeof DIMENSIONS)[number];

const slug = z.string().regex(/^[a-z][a-z0-9_]{0,63}$/, 'small letters, digits and underscores, a letter first');
const word = z.string().regex(/^[\p{L}\p{N}][\p{L}\p{N} ._:/-]{0,99}$/u);
const text = (max: number) =>
  z
    .string()
    .max(max)
    .refine((value) => value.isWellFormed() && !/[\p{Cc}]/u.test(value.replaceAll('\n', '')), 'no control characters');
const minutes = z
  .int()
  .min(0)
  .max(7 * 24 * 60);
const bounds = { warning: z.number().optional(), critical: z.number().optional() };

/** When a value is one to be told of. Each bound leads to the severity of its name. */
export const conditionSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('threshold'), op: z.enum(['>', '>=', '<', '<=']), ...bounds }),
  z
    .strictObject({
      type: z.literal('change'),
      direction: z.enum(['up', 'down']),
      /** What the window is compared with: the one just before it, or the same one a day or a week earlier. */
      against: z.enum(['previous', 'day', 'week']),
      ...bounds,
    })
    .describe('Bounds are shares of the value before: 0.2 is a fifth more, or less.'),
  z
    .strictObject({ type: z.literal('absence'), severity: z.enum(SEVERITIES) })
    .describe('No sample in the whole window, whatever `noData` says.'),
]);
export type Condition = z.infer<typeof conditionSchema>;

/** A channel by its id, or all channels of a kind. */
const channelRefs = z.array(word).min(1).max(20);

export const escalationSchema = z.strictObject({
  /** In order of time. Counted from when the episode began to fire; an acknowledgement or the end stops them. */
  steps: z
    .array(z.strictObject({ afterMin: minutes, channels: channelRefs }))
    .min(1)
    .max(10),
  /** Begins the steps again this long after the last one, `times` times at most. */
  repeat: z.strictObject({ everyMin: minutes.min(1), times: z.int().min(1).max(20) }).optional(),
});
export type Escalation = z.infer<typeof escalationSchema>;

/** One rule, as people write it. All times are those of the data: up to where the log is counted. */
export const ruleSchema = z.strictObject({
  slug,
  name: text(100).min(1),
  description: text(1_000).default(''),
  enabled: z.boolean().default(true),
  /** A name of /metric-definitions, or of the signals: see core/alert/metric.ts. */
  metric: z.string().max(100),
  filters: z.partialRecord(z.enum(DIMENSIONS), word).default({}),
  /** An episode of its own for each value. */
  groupBy: z.array(z.enum(DIMENSIONS)).max(3).default([]),
  windowMin: z
    .int()
    .min(1)
    .max(31 * 24 * 60),
  condition: conditionSchema,
  /** How long the condition must hold before the episode fires. */
  forMin: minutes.default(0),
  /** What it takes to recover: the value must be on the good side of this (instead of the bound), and stay for this long. */
  recover: z
    .strictObject({
      warning: z.number().optional(),
      critical: z.number().optional(),
      keepFiringMin: minutes.default(0),
    })
    .default({ keepFiringMin: 0 }),
  /** With fewer samples in the window the rule says nothing: as with no data. */
  minSamples: z.int().min(0).max(1e9).default(0),
  /** ok: all is well; keep: as before; alert: the highest severity that the rule has. */
  noData: z.enum(['ok', 'keep', 'alert']).default('ok'),
  labels: z.record(slug, text(200)).default({}),
  escalation: escalationSchema.optional(),
  /** Tells again while it fires unacknowledged. */
  renotifyMin: minutes.min(1).optional(),
  runbookUrl: z.string().max(500).optional(),
  /** Links that help whoever is called. */
  actions: z
    .array(z.strictObject({ label: text(60).min(1), url: z.url({ protocol: /^https?$/ }).max(500) }))
    .max(5)
    .default([]),
  /** True for rules about the pipeline itself: they are not muted when the counting is late. */
  ofPipeline: z.boolean().default(false),
});
export type Rule = z.infer<typeof ruleSchema>;
export type RuleInput = z.input<typeof ruleSchema>;
