import { z } from 'zod';
import { subjectOf } from '../analytics/groups.ts';
import { type Outcome, TERMINAL_STATES } from '../generation/outcome.ts';
import { driftSchema } from './qualityDrift.ts';

/** What quality is told of, the widest first; a cell is a provider's model used for one kind of video. */
export const LEVELS = ['all', 'provider', 'model', 'kind', 'cell'] as const;
export type Level = (typeof LEVELS)[number];

/** Scores of 0 to 1,000 in bins of 50; 1,000 is in the last. */
export const SCORE_BINS = 20;

const count = z.int().min(0);
const share = z.number().min(0).max(1);

const scoresSchema = z.strictObject({
  n: count,
  meanThousandths: z.number(),
  lowestThousandths: count,
  highestThousandths: count,
  /** The score at rank ceil(n·k/10), for k = 1 to 9. */
  decilesThousandths: z.array(count).length(9),
  /** How many scored 0 to 49, 50 to 99 …, 950 to 1,000 thousandths. */
  bins: z.array(count).length(SCORE_BINS),
  drift: driftSchema,
});

const ratingsSchema = z.strictObject({
  n: count,
  mean: z.number(),
  /** How many gave 1, 2, 3, 4 and 5 stars. */
  stars: z.array(count).length(5),
  /** Rated 4 or 5, of all rated. */
  acceptedShare: share,
  drift: driftSchema,
});

export const qualityGroupSchema = z.strictObject({
  level: z.enum(LEVELS),
  provider: z.string().optional(),
  model: z.string().optional(),
  kind: z.string().optional(),
  /** Generations that ended, by outcome. */
  ended: z.strictObject(
    Object.fromEntries(TERMINAL_STATES.map((state) => [state, count])) as Record<Outcome, typeof count>,
  ),
  /** The most frequent first; `share` is of all that ended with an error. */
  errors: z.array(z.strictObject({ code: z.string(), count, share })),
  /** Absent where nothing was scored. */
  scores: scoresSchema.optional(),
  /** Absent where nothing was rated. */
  ratings: ratingsSchema.optional(),
});

/** The quality of a period. */
export const qualitySchema = z.strictObject({
  groups: z.array(qualityGroupSchema),
  /** Groups that did not fit, those with the fewest generations. */
  groupsLeftOut: count,
});

export type QualityGroup = z.infer<typeof qualityGroupSchema>;
export type Quality = z.infer<typeof qualitySchema>;

/** The part of a group that says what it is about. */
export function subjectAt(level: Level, subject: string): Pick<QualityGroup, 'level' | 'provider' | 'model' | 'kind'> {
  switch (level) {
    case 'all':
      return { level };
    case 'provider':
      return { level, provider: subject };
    case 'kind':
      return { level, kind: subject };
    case 'model': {
      const { provider, model } = subjectOf(`${subject}/`);
      return { level, provider, model };
    }
    case 'cell':
      return { level, ...subjectOf(subject) };
  }
}
