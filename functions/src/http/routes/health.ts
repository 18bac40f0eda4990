import { createRoute } from '@hono/zod-openapi';
import packageJson from '../../../package.json' with { type: 'json' };
import { health as healthOf, services } from '../../features/health/index.ts';
import { json } from '../answers.ts';
import { router } from '../router.ts';
import { healthSchema, servicesSchema } from '../schemas.ts';

const check = createRoute({
  method: 'get',
  path: '/health',
  summary: 'How the pipeline is, for anybody',
  responses: {
    200: json(healthSchema, 'It works, perhaps in part'),
    503: json(healthSchema, 'It does not work'),
  },
});

const checkServices = createRoute({
  method: 'get',
  path: '/health/services',
  summary: 'How each dependency is, for analysts',
  responses: { 200: json(servicesSchema, 'Each dependency with its latency') },
});

export const health = router()
  .openapi(check, async (c) => {
    c.header('Cache-Control', 'no-store');
    const state = await healthOf(packageJson.version);
    return state.status === 'unhealthy' ? c.json(state, 503) : c.json(state, 200);
  })
  .openapi(checkServices, async (c) => c.json({ services: await services() }, 200));
