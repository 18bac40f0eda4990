import { z } from 'zod';
import { findModel } from '../../functions/src/core/catalogue/models.ts';
import { ASPECT_RATIOS, KINDS, RESOLUTIONS } from '../../functions/src/core/catalogue/schema.ts';
import { TIME_FORMATS, UTC_OFFSET } from './time.ts';

/** How a recorded request ended. `never`: it had not ended when the record was made. */
export const OUTCOMES = ['succeeded', 'failed', 'never'] as const;
export type RecordedOutcome = (typeof OUTCOMES)[number];

const column = z.string().min(1);
const modelId = z.string().refine((id) => findModel(id) !== undefined, 'is not a model of the catalogue');

/** A value for the whole file, or a column whose values are translated; `default` stands for what the map does not name. */
function valueRule<T extends z.ZodType>(value: T) {
  return z.union([
    z.strictObject({ value }),
    z.strictObject({ column, map: z.record(z.string(), value), default: value.optional() }),
  ]);
}

/** Like any translated column, and `spread`: values that the map does not name share these models out among themselves, each always the same one. */
const modelRule = z
  .union([
    z.strictObject({ value: modelId }),
    z.strictObject({
      column,
      map: z.record(z.string(), modelId).default({}),
      default: modelId.optional(),
      spread: z.array(modelId).min(1).optional(),
    }),
  ])
  .refine((rule) => !('spread' in rule && rule.spread && rule.default), 'has both a default and a spread');

/** What each column of a file of recorded requests means. */
export const mappingSchema = z.strictObject({
  requestedAt: z.strictObject({
    column,
    /** `iso` must carry its own offset; the others are read at `utcOffset`. */
    format: z.enum(TIME_FORMATS),
    utcOffset: z.string().regex(UTC_OFFSET, 'must be like +00:00').default('+00:00'),
  }),
  user: z.strictObject({ column }),
  kind: valueRule(z.enum(KINDS)),
  outcome: valueRule(z.enum(OUTCOMES)),
  /** Total run time; may be empty where the outcome is `never`. */
  duration: z.strictObject({ column, unit: z.enum(['s', 'ms']) }),
  model: modelRule,
  /** Videos asked for; a number outside 1 to `max` counts as `otherwise`, an empty field as 1. Absent: always 1. */
  videos: z
    .strictObject({ column, max: z.int().min(1).max(4), otherwise: z.int().min(1).max(4).default(1) })
    .optional(),
  /** Characters; an empty field means unknown. */
  promptChars: z.strictObject({ column }).optional(),
  negativePromptChars: z.strictObject({ column }).optional(),
  /** Fields that every request carries. */
  constants: z
    .strictObject({
      durationSec: z.int().min(1).max(60).default(8),
      aspectRatio: z.enum(ASPECT_RATIOS).default('16:9'),
      resolution: z.enum(RESOLUTIONS).default('720p'),
      audio: z.boolean().default(true),
    })
    .prefault({}),
});

export type Mapping = z.infer<typeof mappingSchema>;

/** A mapping, or a file under it, cannot be used; the message says where and why. */
export class MappingError extends Error {
  override name = 'MappingError';
}

/** Checks a mapping. Throws MappingError that names every field that is wrong. */
export function readMapping(json: unknown): Mapping {
  const result = mappingSchema.safeParse(json);
  if (result.success) return result.data;
  throw new MappingError(`the mapping does not fit:\n${z.prettifyError(result.error)}`);
}

/** Every column that the mapping reads. */
export function columnsOf(mapping: Mapping): string[] {
  const rules: (object | undefined)[] = Object.values(mapping);
  const columns = rules.flatMap((rule) =>
    rule && 'column' in rule && typeof rule.column === 'string' ? rule.column : [],
  );
  return [...new Set(columns)];
}
