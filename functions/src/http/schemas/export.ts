import { z } from '@hono/zod-openapi';
import { KINDS } from '../../core/catalogue/schema.ts';
import { FORMATS } from '../../core/export/format.ts';
import { DATASETS } from '../../core/export/query.ts';
import { TERMINAL_STATES } from '../../core/generation/outcome.ts';
import { GRANULARITY_NAMES } from '../../core/rollup/bucket.ts';
import { summaryQuerySchema } from './analyticsQuery.ts';

const isoTime = z.iso.datetime();
const name = z.string().min(1).max(100);
const { from, to, range, tz } = summaryQuerySchema.shape;

export const exportQuerySchema = z.strictObject({
  dataset: z.enum(DATASETS),
  format: z.enum(FORMATS).default('csv'),
  ...{ from, to, range, tz },
  provider: name.optional().openapi({ description: 'of generations and rollups' }),
  model: name.optional().openapi({ description: 'of generations and rollups' }),
  kind: z.enum(KINDS).optional().openapi({ description: 'of generations and rollups' }),
  style: name.optional().openapi({ description: 'of generations' }),
  outcome: z.enum(TERMINAL_STATES).optional().openapi({ description: 'of generations' }),
  types: z.string().min(1).max(1_000).optional().openapi({ description: 'of events, separated by commas' }),
  granularity: z.enum(GRANULARITY_NAMES).optional().openapi({ description: 'of rollups; 1h by default' }),
  zone: z
    .string()
    .min(1)
    .max(64)
    .optional()
    .openapi({ description: 'of rollups: whose hours and days; UTC or a reporting zone, tz by default' }),
});

export const exportIdSchema = z.object({ id: z.string().regex(/^[A-Za-z0-9]{1,64}$/) });

const status = z.enum(['queued', 'writing', 'done', 'failed']);

export const queuedExportSchema = z.object({ id: z.string(), status, statusUrl: z.string() }).openapi('QueuedExport');

const exportShape = {
  ...{ id: z.string(), status, statusUrl: z.string() },
  ...{ dataset: z.enum(DATASETS), format: z.enum(FORMATS), from: isoTime, to: isoTime },
  asOf: isoTime.openapi({ description: 'what came later is left out' }),
  progress: z.number().openapi({ description: '0 to 1' }),
  rows: z.int().openapi({ description: 'in the parts that are written' }),
  bytes: z.int(),
  createdAt: isoTime,
  endedAt: isoTime.optional(),
  expiresAt: isoTime.openapi({ description: 'from then on it is not there any more' }),
  error: z.string().optional(),
};

export const exportSchema = z
  .object({
    ...exportShape,
    parts: z
      .array(
        z.object({
          ...{ name: z.string(), rows: z.int(), bytes: z.int() },
          url: z.string().optional().openapi({ description: 'once all parts are written; good until urlExpiresAt' }),
          urlExpiresAt: isoTime.optional(),
        }),
      )
      .openapi({ description: 'each a whole file: CSV with its header row, JSON with its own array' }),
  })
  .openapi('Export');

export const exportsSchema = z.object({ exports: z.array(z.object(exportShape)) });
