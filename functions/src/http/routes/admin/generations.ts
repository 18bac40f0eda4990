import { createRoute } from '@hono/zod-openapi';
import { AppError } from '../../../core/errors.ts';
import { operatorView } from '../../../core/generation/operatorView.ts';
import type { Generation } from '../../../core/generation/state.ts';
import { endGeneration, replayGeneration, viewGeneration } from '../../../features/administration/index.ts';
import { listByState } from '../../../features/generation/index.ts';
import { BODY_REFUSALS, CONFLICT, json, NOT_ENOUGH_CREDITS, REFUSALS } from '../../answers.ts';
import { plain } from '../../plain.ts';
import { router } from '../../router.ts';
import { reasonSchema } from '../../schemas/admin.ts';
import {
  deadQuerySchema,
  generationFileSchema,
  generationKeySchema,
  operatedSchema,
  operatorPageSchema,
} from '../../schemas/operator.ts';
import { generationIdSchema } from '../../schemas.ts';
import { byOf } from '../by.ts';

const reasonBody = { required: true, content: { 'application/json': { schema: reasonSchema } } } as const;

const list = createRoute({
  method: 'get',
  path: '/admin/generations',
  summary: 'Everybody’s generations in a state: those that failed, or open ones whose next step is overdue',
  request: { query: deadQuerySchema },
  responses: { 200: json(operatorPageSchema, 'A page'), 400: REFUSALS[400] },
});

const getOne = createRoute({
  method: 'get',
  path: '/admin/generations/{id}',
  summary: 'All there is to know of a generation, found by its id, provider operation or request id',
  request: { params: generationKeySchema },
  responses: { 200: json(generationFileSchema, 'The file on it'), ...REFUSALS },
});

const replay = createRoute({
  method: 'post',
  path: '/admin/generations/{id}/replay',
  summary: 'Take an open generation over now, or ask anew for one that ended without success',
  request: { params: generationIdSchema, body: reasonBody },
  responses: {
    202: json(operatedSchema, 'What is under way now'),
    ...{ ...REFUSALS, ...BODY_REFUSALS, ...CONFLICT, ...NOT_ENOUGH_CREDITS },
  },
});

const end = createRoute({
  method: 'post',
  path: '/admin/generations/{id}/end',
  summary: 'End an open generation as failed; its hold is released',
  request: { params: generationIdSchema, body: reasonBody },
  responses: { 200: json(operatedSchema, 'Ended'), ...REFUSALS, ...BODY_REFUSALS, ...CONFLICT },
});

export const adminGenerations = router()
  .openapi(list, async (c) => {
    const query = c.req.valid('query');
    if (query.state === 'overdue' && query.code) {
      throw new AppError('invalid_request', 'Overdue generations are not listed by error.', [
        { path: 'code', message: 'not with overdue' },
      ]);
    }
    const { generations, ...next } = await listByState(query);
    const page = { generations: generations.map(operatorView), ...next };
    return c.json(operatorPageSchema.parse(plain(page)), 200);
  })
  .openapi(getOne, async (c) => {
    const file = await viewGeneration(c.req.valid('param').id);
    return c.json(generationFileSchema.parse(plain(file)), 200);
  })
  .openapi(replay, async (c) => {
    const generation = await replayGeneration(byOf(c), c.req.valid('param').id, c.req.valid('json').reason);
    c.header('Location', `/api/v1/admin/generations/${generation.id}`);
    return c.json(operated(generation), 202);
  })
  .openapi(end, async (c) => {
    const generation = await endGeneration(byOf(c), c.req.valid('param').id, c.req.valid('json').reason);
    return c.json(operated(generation), 200);
  });

function operated({ id, state, replayOf }: Generation) {
  return { id, state, ...(replayOf !== undefined && { replayOf }) };
}
