import { createRoute } from '@hono/zod-openapi';
import { isOffered, MODELS } from '../../core/catalogue/models.ts';
import { STYLES } from '../../core/catalogue/styles.ts';
import { VERTEX_LOCATION } from '../../params.ts';
import { now } from '../../platform/clock.ts';
import { json } from '../answers.ts';
import { router } from '../router.ts';
import { modelsSchema } from '../schemas.ts';

const list = createRoute({
  method: 'get',
  path: '/models',
  summary: 'The models and styles that a request may name',
  responses: { 200: json(modelsSchema, 'The catalogue') },
});

export const models = router().openapi(list, (c) => {
  c.header('Cache-Control', 'private, max-age=300');
  const offered = MODELS.map((model) => ({ ...model, offered: isOffered(model, now(), VERTEX_LOCATION.value()) }));
  return c.json({ models: offered, styles: STYLES.map(({ id, displayName }) => ({ id, displayName })) }, 200);
});
