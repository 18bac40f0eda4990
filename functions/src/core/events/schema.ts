import { z } from 'zod';
import { KINDS } from '../catalogue/schema.ts';
import { STYLE_IDS } from '../catalogue/styles.ts';
import { ERROR_CODES } from '../generation/outcome.ts';

const key = z.string().min(1).max(128);
const label = z.string().min(1).max(100);
const count = z.int().min(0).max(1_000_000);
const durationMs = z
  .int()
  .min(0)
  .max(31 * 86_400_000);
const usdMicros = z.int().min(0).max(1e12);
const thousandths = z.int().min(0).max(1_000_000);
const stars = z.int().min(1).max(5);
/** Any of the measures that can be corrected. */
const measured = usdMicros;

const generation = {
  generationId: key,
  provider: label,
  model: label,
  kind: z.enum(KINDS),
  style: z.enum(STYLE_IDS).optional(),
};
const ended = {
  ...generation,
  attempts: count,
  queueMs: durationMs.optional(),
  renderMs: durationMs.optional(),
  storeMs: durationMs.optional(),
  totalMs: durationMs,
  costUsdMicros: usdMicros,
  wasteUsdMicros: usdMicros,
  possibleWasteUsdMicros: usdMicros,
  chargedCredits: count,
  videosDelivered: count,
  videosBlocked: count,
  videoSec: count,
  /** Only of a reported generation, whose arrival no other event tells: this one tells both. */
  requestedAt: z.date().optional(),
  /** Only of a reported generation: what was known of it at once. */
  ratingStars: stars.optional(),
  qualityThousandths: thousandths.optional(),
};
const unsuccessful = { ...ended, errorCode: z.enum(ERROR_CODES), fault: z.enum(['user', 'provider', 'house']) };
/** A change of something measured once the generation had ended; it counts where the end counts. */
const afterwards = { ...generation, endedAt: z.date() };
const plan = { plan: label };
const money = { amountUsdMicros: usdMicros };

/** What a correction may change of a generation that has ended. */
export const CORRECTED = [
  'queueMs',
  'renderMs',
  'storeMs',
  'totalMs',
  'costUsdMicros',
  'wasteUsdMicros',
  'possibleWasteUsdMicros',
  'videosDelivered',
  'videoSec',
] as const;

/** What each type of event says beyond its envelope. Unknown fields are refused, everything is bounded, no prompt. */
export const EVENT_BODIES = {
  'generation.requested': z.strictObject({ ...generation, videosAsked: count, priceUsdMicros: usdMicros }),
  'generation.submitted': z.strictObject({ ...generation, attempt: count, queueMs: durationMs }),
  'generation.retried': z.strictObject({ ...generation, attempt: count, errorCode: z.enum(ERROR_CODES) }),
  'generation.succeeded': z.strictObject(ended),
  'generation.failed': z.strictObject(unsuccessful),
  'generation.blocked': z.strictObject(unsuccessful),
  'generation.expired': z.strictObject(unsuccessful),
  'generation.cancelled': z.strictObject(ended),
  /** With the seconds delivered, which count as accepted while the rating is good. */
  'generation.rated': z.strictObject({ ...afterwards, from: stars.nullable(), to: stars, videoSec: count }),
  'generation.scored': z.strictObject({
    ...afterwards,
    scorer: label,
    from: thousandths.nullable(),
    to: thousandths,
  }),
  'generation.corrected': z.strictObject({
    ...afterwards,
    changes: z
      .array(z.strictObject({ measure: z.enum(CORRECTED), from: measured.nullable(), to: measured }))
      .min(1)
      .max(CORRECTED.length),
    /** The rating that stands: seconds that it had accepted change with the seconds delivered. */
    ratingStars: stars.optional(),
  }),
  'generation.opened': z.strictObject(generation),
  'generation.downloaded': z.strictObject(generation),
  'session.started': z.strictObject({ sessionId: key }),
  'feature.used': z.strictObject({ feature: label }),
  'page.viewed': z.strictObject({ page: z.string().min(1).max(500) }),
  signup: z.strictObject({ channel: label.optional() }),
  'trial.started': z.strictObject(plan),
  'subscription.started': z.strictObject({ ...plan, ...money, months: z.int().min(1).max(60) }),
  'subscription.changed': z.strictObject({ ...plan, ...money, months: z.int().min(1).max(60), fromPlan: label }),
  'subscription.cancelled': z.strictObject({ ...plan, reason: label.optional() }),
  'payment.succeeded': z.strictObject({ paymentId: key, ...money }),
  'payment.refunded': z.strictObject({ paymentId: key, ...money }),
  'consent.changed': z.strictObject({ purpose: label, granted: z.boolean() }),
  'metric.recorded': z.strictObject({ name: label, value: z.int(), unit: label }),
  'support.ticket': z.strictObject({ ticketId: key, status: z.enum(['opened', 'closed']), category: label.optional() }),
} as const;

export type EventType = keyof typeof EVENT_BODIES;
export type EventBody<T extends EventType> = z.infer<(typeof EVENT_BODIES)[T]>;
export const EVENT_TYPES = Object.keys(EVENT_BODIES) as EventType[];

/** The envelope of every event. `recordedAt` is added by the database at the commit. */
export const envelopeSchema = z.strictObject({
  id: z.string().min(1).max(300),
  type: z.enum(EVENT_TYPES as [EventType, ...EventType[]]),
  occurredAt: z.date(),
  shard: z.int().min(0),
  /** provider/model/kind, fixed when the event is recorded; absent on events about no generation. */
  cellKey: z.string().max(300).optional(),
  /** Stands for the user without naming them. */
  userKey: z.string().max(64),
  /** UTC days on which it counts, stamped when it is recorded. */
  days: z.array(z.iso.date()).max(3).optional(),
  body: z.unknown(),
});

/** Checks a whole event, envelope and body; throws a ZodError that says what is wrong. */
export function parseEvent(value: unknown): z.infer<typeof envelopeSchema> {
  const event = envelopeSchema.parse(value);
  return { ...event, body: EVENT_BODIES[event.type].parse(event.body) };
}
