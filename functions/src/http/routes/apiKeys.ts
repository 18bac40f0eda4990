import { createRoute, z } from '@hono/zod-openapi';
import { type ApiKey, statusOf } from '../../core/access/key.ts';
import { createKey, listKeys, revokeKey, rotateKey } from '../../features/access/index.ts';
import { now } from '../../platform/clock.ts';
import { BODY_REFUSALS, CONFLICT, json, REFUSALS } from '../answers.ts';
import { router } from '../router.ts';
import { apiKeyIdSchema, apiKeySchema, apiKeyWishSchema, shownApiKeySchema } from '../schemas/apiKey.ts';

const create = createRoute({
  method: 'post',
  path: '/api-keys',
  summary: 'Make an API key for a service of yours; its text is shown this once',
  request: { body: { required: true, content: { 'application/json': { schema: apiKeyWishSchema } } } },
  responses: {
    201: json(shownApiKeySchema, 'Made'),
    ...{ 400: REFUSALS[400], ...BODY_REFUSALS, ...CONFLICT },
  },
});

const list = createRoute({
  method: 'get',
  path: '/api-keys',
  summary: 'Your API keys, newest first; for admins anybody’s',
  request: { query: z.strictObject({ uid: z.string().min(1).max(128).optional() }) },
  responses: {
    200: json(z.object({ apiKeys: z.array(apiKeySchema) }), 'At most 100, ended ones among them'),
    400: REFUSALS[400],
  },
});

const rotate = createRoute({
  method: 'post',
  path: '/api-keys/{id}/rotate',
  summary: 'Give a key of yours another secret; the old one is taken until the grace ends',
  request: {
    params: apiKeyIdSchema,
    body: {
      required: true,
      content: {
        'application/json': { schema: z.strictObject({ graceHours: z.int().min(0).max(168).default(24) }) },
      },
    },
  },
  responses: { 200: json(shownApiKeySchema, 'Rotated'), ...REFUSALS, ...BODY_REFUSALS, ...CONFLICT },
});

const revoke = createRoute({
  method: 'delete',
  path: '/api-keys/{id}',
  summary: 'End a key of yours at once; for admins anybody’s',
  request: { params: apiKeyIdSchema },
  responses: { 200: json(apiKeySchema, 'Revoked, now or before'), ...REFUSALS },
});

export const apiKeys = router()
  .openapi(create, async (c) => {
    const { expiresAt, expiresInDays, ...wish } = c.req.valid('json');
    const { key, text } = await createKey(c.var.actor, c.var.address, {
      ...wish,
      ...(expiresAt !== undefined && { expiresAt: new Date(expiresAt) }),
      ...(expiresInDays !== undefined && { expiresInDays }),
    });
    c.header('Cache-Control', 'no-store');
    return c.json({ ...viewOf(key), key: text }, 201);
  })
  .openapi(list, async (c) => {
    const found = await listKeys(c.var.actor, c.req.valid('query').uid);
    return c.json({ apiKeys: found.map(viewOf) }, 200);
  })
  .openapi(rotate, async (c) => {
    const { id } = c.req.valid('param');
    const { key, text } = await rotateKey(c.var.actor, c.var.address, id, c.req.valid('json').graceHours);
    c.header('Cache-Control', 'no-store');
    return c.json({ ...viewOf(key), key: text }, 200);
  })
  .openapi(revoke, async (c) => {
    const key = await revokeKey(c.var.actor, c.var.address, c.req.valid('param').id);
    return c.json(viewOf(key), 200);
  });

function viewOf(key: ApiKey): z.infer<typeof apiKeySchema> {
  const at = now();
  const { id, uid, name, scopes, createdAt, secretSince, expiresAt, revokedAt, lastUsedAt } = key;
  const graces = key.retired.map(({ validUntil }) => validUntil.getTime()).filter((untilMs) => untilMs > at.getTime());
  return {
    ...{ id, uid, name, prefix: `dly_${id}`, scopes, status: statusOf(key, at) },
    createdAt: createdAt.toISOString(),
    secretSince: secretSince.toISOString(),
    expiresAt: expiresAt.toISOString(),
    ...(revokedAt && { revokedAt: revokedAt.toISOString() }),
    ...(lastUsedAt && { lastUsedAt: lastUsedAt.toISOString() }),
    ...(graces.length > 0 && { earlierSecretsValidUntil: new Date(Math.max(...graces)).toISOString() }),
  };
}
