import { z } from '@hono/zod-openapi';
import { KINDS } from '../../core/catalogue/schema.ts';
import {
  activitySchema,
  firstGenerationsSchema,
  hoursSchema,
  preferencesSchema,
  segmentsSchema,
} from '../../core/insights/behaviour.ts';
import { personSchema } from '../../core/insights/person.ts';
import { qualityGroupSchema } from '../../core/insights/quality.ts';
import { insightHead, insightPeriodHead } from './business.ts';
import { insightQuerySchema } from './insightQuery.ts';

const name = z.string().min(1).max(100);
const BY = ['provider', 'model', 'kind', 'cell'] as const;

export const qualityQuerySchema = insightQuerySchema.extend({
  by: z.enum(BY).default('model').openapi({ description: 'cell: provider, model and kind' }),
  provider: name.optional(),
  model: name.optional().openapi({ description: 'models that are not counted by name are `other`' }),
  kind: z.enum(KINDS).optional(),
});

const qualityGroup = z.object(qualityGroupSchema.shape).openapi('QualityGroup', {
  description:
    'Scores in thousandths, ratings in stars; a decile is the value at rank ceil(n·k/10). Drift is against the period before: up or down, changed, where chance alone would show it anywhere in the period less than once in a hundred.',
});

export const qualitySchema = z
  .object({
    ...insightHead,
    by: z.enum(BY),
    periods: z.array(
      z.object({
        ...insightPeriodHead,
        all: qualityGroup.optional().openapi({ description: 'absent where nothing ended' }),
        groups: z.array(qualityGroup),
        groupsLeftOut: z.int().openapi({ description: 'groups of any kind beyond 300, those with the fewest ends' }),
      }),
    ),
  })
  .openapi('Quality');

export const userInsightsSchema = z
  .object({
    ...insightHead,
    periods: z.array(
      z
        .object({
          ...insightPeriodHead,
          segments: segmentsSchema.optional(),
          activity: activitySchema.optional(),
          preferences: preferencesSchema.optional(),
          hours: hoursSchema.optional(),
          firstGenerations: firstGenerationsSchema.optional(),
        })
        .openapi('UserInsightPeriod', {
          description:
            'A part that is not known is not there. Money is told of no segment of fewer than five users, nor where it could be worked out.',
        }),
    ),
  })
  .openapi('UserInsights');

const through = z.iso
  .datetime()
  .nullable()
  .openapi({ description: 'all that was recorded up to here is in it; null: nothing is known yet' });

export const ownInsightSchema = z
  .object({ through, ...personSchema.omit({ payments: true }).shape })
  .openapi('OwnInsight', { description: 'of the last 365 days; computed once a UTC day' });
export const personInsightSchema = z
  .object({ uid: z.string(), through, ...personSchema.shape })
  .openapi('PersonInsight', { description: 'of the last 365 days; computed once a UTC day' });
