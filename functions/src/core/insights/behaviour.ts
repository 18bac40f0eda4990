import { z } from 'zod';
import { SEGMENTS, type Segment } from './segment.ts';

const count = z.int().min(0);
const micros = z.int();
const share = z.number().min(0).max(1);
/** The value at rank ceil(n·k/10), for k = 1 to 9. */
const deciles = z.array(count).length(9);

/** Where users can have been before: not yet seen, or in a segment. */
export const EARLIER = ['unseen', ...SEGMENTS] as const;

export const segmentsSchema = z.strictObject({
  users: count,
  /** In the order new, power, active, at risk, dormant. */
  segments: z.array(
    z.strictObject({
      segment: z.enum(SEGMENTS),
      users: count,
      /** Generations of the period that ended. */
      generations: count,
      /** Succeeded ÷ (succeeded + failed + expired); absent where none of these was. */
      successRate: z.strictObject({ value: share, n: count }).optional(),
      /** Absent: of so few users, or so that no other segment's can be told, that it would be about persons. */
      money: z.strictObject({ netUsdMicros: micros, costUsdMicros: micros }).optional(),
    }),
  ),
  /** How many users of each segment before the period are in each at its end. */
  moves: z.array(
    z.strictObject({
      from: z.enum(EARLIER),
      to: z.strictObject(
        Object.fromEntries(SEGMENTS.map((segment) => [segment, count])) as Record<Segment, typeof count>,
      ),
    }),
  ),
});

export const activitySchema = z.strictObject({
  /** Users active in the period; means and deciles are over them, and absent where there is none. */
  users: count,
  generations: count,
  usersGenerating: count,
  generationsPerUser: z.strictObject({ mean: z.number(), deciles }).optional(),
  sessions: count,
  usersWithSession: count,
  sessionsPerUser: z.strictObject({ mean: z.number(), deciles }).optional(),
});

const choices = z.array(
  z.strictObject({
    name: z.string(),
    generations: count,
    /** Of all generations asked for. */
    generationsShare: share,
    users: count,
    /** Users who asked for it most; of two that are even, the first by name. */
    preferredBy: count,
    preferredShare: share,
  }),
);

export const preferencesSchema = z.strictObject({ models: choices, kinds: choices, styles: choices });

const week = z.array(count).length(168);
/** By hour of the week in UTC: the first is Monday from 00:00 to 01:00. */
export const hoursSchema = z.strictObject({ actions: week, users: week });

export const firstGenerationsSchema = z.strictObject({
  /** Users whose first generation was asked for in the period, or reported as ended in it. */
  users: count,
  /** Those of them who had signed up before; the times are theirs. */
  usersAfterSignup: count,
  meanMs: z.number().optional(),
  decilesMs: deciles.optional(),
});

export type SegmentsFound = z.infer<typeof segmentsSchema>;
export type ActivityFound = z.infer<typeof activitySchema>;
export type PreferencesFound = z.infer<typeof preferencesSchema>;
export type HoursFound = z.infer<typeof hoursSchema>;
export type FirstGenerationsFound = z.infer<typeof firstGenerationsSchema>;

/** The parts of a document of behaviour. */
export interface BehaviourParts {
  segments: SegmentsFound;
  activity: ActivityFound;
  preferences: PreferencesFound;
  hours: HoursFound;
  firstGenerations: FirstGenerationsFound;
}
