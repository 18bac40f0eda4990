import { z } from 'zod';
import { RESOLUTIONS } from '../catalogue/schema.ts';

const count = z.int().min(0).max(1_000_000_000);

/** What one user of a tier may do. All days are UTC. */
const tierLimitsSchema = z.strictObject({
  /** Credits that a new account begins with. */
  signupCredits: count,
  /** Generations under way at the same time. */
  concurrentGenerations: count,
  /** Generations asked for within a minute. */
  requestsPerMinute: count,
  generationsPerDay: count,
  creditsPerDay: count,
  /** In any 30 days, today included. */
  creditsPer30Days: count,
});
export type TierLimits = z.infer<typeof tierLimitsSchema>;

const limitsSchema = z.strictObject({ free: tierLimitsSchema, premium: tierLimitsSchema });

const intakeSchema = z.strictObject({
  /** False: nothing new is taken in; what is under way goes on to its end. */
  open: z.boolean(),
  /** Told to whoever is turned away. */
  message: z.string().max(200).optional(),
  /** What all generations of a UTC day may cost at the providers, by their lists; null: as much as is asked for. */
  costUsdMicrosPerDay: z.int().min(0).max(1e15).nullable(),
});

const usdMicrosPerSec = z.int().min(0).max(1e10);
const ownPriceSchema = z.strictObject({
  model: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/),
  resolution: z.enum(RESOLUTIONS).optional(),
  audio: z.boolean().optional(),
  costUsdMicrosPerSec: usdMicrosPerSec,
  priceUsdMicrosPerSec: usdMicrosPerSec.optional(),
  effectiveFrom: z.iso.date(),
});
const pricesSchema = z.strictObject({
  markupPercent: z.int().min(0).max(10_000),
  own: z.array(ownPriceSchema).max(200),
});

/** What an administrator may change while the system runs; one document. */
export const settingsSchema = z.strictObject({ limits: limitsSchema, intake: intakeSchema, prices: pricesSchema });
export type Settings = z.infer<typeof settingsSchema>;

/** A change names whole sections; the others stay. */
export const settingsChangeSchema = settingsSchema.partial();
export type SettingsChange = z.infer<typeof settingsChangeSchema>;

/** What holds until somebody changes it. */
export const DEFAULT_SETTINGS: Settings = {
  limits: {
    free: {
      signupCredits: 200,
      concurrentGenerations: 2,
      requestsPerMinute: 5,
      generationsPerDay: 20,
      creditsPerDay: 1_000,
      creditsPer30Days: 5_000,
    },
    premium: {
      signupCredits: 1_000,
      concurrentGenerations: 10,
      requestsPerMinute: 20,
      generationsPerDay: 200,
      creditsPerDay: 20_000,
      creditsPer30Days: 200_000,
    },
  },
  intake: { open: true, costUsdMicrosPerDay: null },
  prices: { markupPercent: 0, own: [] },
};
