import { createRoute, z } from '@hono/zod-openapi';
import {
  getUser,
  giveCredits,
  listUsers,
  reinstate,
  setRole,
  setTier,
  suspend,
  type UserDetails,
  userView,
} from '../../../features/administration/index.ts';
import { BODY_REFUSALS, CONFLICT, json, KEY_REUSED, REFUSALS } from '../../answers.ts';
import { plain } from '../../plain.ts';
import { router } from '../../router.ts';
import {
  creditsGivenSchema,
  creditWishSchema,
  uidSchema,
  userChangeSchema,
  userDetailsSchema,
  userPageSchema,
} from '../../schemas/admin.ts';
import { idempotencyHeaders } from '../../schemas/header.ts';
import { pageQuery } from '../../schemas/page.ts';
import { byOf } from '../by.ts';

const list = createRoute({
  method: 'get',
  path: '/admin/users',
  summary: 'All users',
  request: { query: z.strictObject(pageQuery) },
  responses: { 200: json(userPageSchema, 'A page'), 400: REFUSALS[400] },
});

const getOne = createRoute({
  method: 'get',
  path: '/admin/users/{uid}',
  summary: 'One user, with limits, usage and the latest of the ledger',
  request: { params: uidSchema },
  responses: { 200: json(userDetailsSchema, 'The user'), ...REFUSALS },
});

const change = createRoute({
  method: 'patch',
  path: '/admin/users/{uid}',
  summary: 'Change what a user may do; ID tokens from before a new role or tier are refused',
  request: {
    params: uidSchema,
    body: { required: true, content: { 'application/json': { schema: userChangeSchema } } },
  },
  responses: { 200: json(userDetailsSchema, 'As it is now'), ...REFUSALS, ...BODY_REFUSALS, ...CONFLICT },
});

const credit = createRoute({
  method: 'post',
  path: '/admin/users/{uid}/credits',
  summary: 'Book a grant, a purchase or an adjustment of credits',
  request: {
    params: uidSchema,
    headers: idempotencyHeaders('such as the id of a payment; the same key books once'),
    body: { required: true, content: { 'application/json': { schema: creditWishSchema } } },
  },
  responses: {
    200: json(creditsGivenSchema, 'Booked, now or before'),
    ...{ ...REFUSALS, ...BODY_REFUSALS, ...CONFLICT, ...KEY_REUSED },
  },
});

export const adminUsers = router()
  .openapi(list, async (c) => {
    const { limit, cursor } = c.req.valid('query');
    const { users, ...next } = await listUsers(limit, cursor);
    return c.json({ users: users.map(userView), ...next }, 200);
  })
  .openapi(getOne, async (c) => c.json(detailsView(await getUser(c.req.valid('param').uid)), 200))
  .openapi(change, async (c) => {
    const { uid } = c.req.valid('param');
    const { role, tier, suspended, reason } = c.req.valid('json');
    const by = byOf(c);
    // What may be refused comes first, so that a refusal has changed nothing.
    if (role) await setRole(by, uid, role === 'none' ? undefined : role, reason);
    if (suspended !== undefined) await (suspended ? suspend : reinstate)(by, uid, reason);
    if (tier) await setTier(by, uid, tier, reason);
    return c.json(detailsView(await getUser(uid)), 200);
  })
  .openapi(credit, async (c) => {
    const key = c.req.valid('header')['idempotency-key'];
    const wish = { ...c.req.valid('json'), ...(key !== undefined && { key }) };
    const { replayed, ...given } = await giveCredits(byOf(c), c.req.valid('param').uid, wish);
    if (replayed) c.header('Idempotency-Replayed', 'true');
    return c.json(creditsGivenSchema.parse(plain(given)), 200);
  });

function detailsView({ limits, usage, ledger, ...user }: UserDetails) {
  return userDetailsSchema.parse(plain({ ...userView(user), limits, usage, ledger }));
}
