import { createRoute } from '@hono/zod-openapi';
import { changeSettings, readSettings } from '../../../features/administration/index.ts';
import { BODY_REFUSALS, json, REFUSALS } from '../../answers.ts';
import { router } from '../../router.ts';
import { settingsViewSchema, settingsWishSchema } from '../../schemas/admin.ts';
import { byOf } from '../by.ts';

const get = createRoute({
  method: 'get',
  path: '/admin/settings',
  summary: 'Limits, intake and prices as they are now',
  responses: { 200: json(settingsViewSchema, 'The settings') },
});

const change = createRoute({
  method: 'patch',
  path: '/admin/settings',
  summary: 'Replace whole sections of the settings; it is felt everywhere within 10 s',
  request: { body: { required: true, content: { 'application/json': { schema: settingsWishSchema } } } },
  responses: { 200: json(settingsViewSchema, 'As they are now'), 400: REFUSALS[400], ...BODY_REFUSALS },
});

export const adminSettings = router()
  .openapi(get, async (c) => c.json(await readSettings(), 200))
  .openapi(change, async (c) => {
    const { reason, ...sections } = c.req.valid('json');
    return c.json(await changeSettings(byOf(c), sections, reason), 200);
  });
