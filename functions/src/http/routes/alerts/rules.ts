import { createRoute } from '@hono/zod-openapi';
import { changeRule, createRule, deleteRule, getRule, listRules } from '../../../features/alerts/index.ts';
import type { StoredRule } from '../../../platform/alerts.ts';
import { BODY_REFUSALS, CONFLICT, json, REFUSALS } from '../../answers.ts';
import { plain } from '../../plain.ts';
import { router } from '../../router.ts';
import {
  ruleChangeSchema,
  ruleInputSchema,
  rulePageSchema,
  rulesQuerySchema,
  ruleVersionSchema,
  slugSchema,
  storedRuleSchema,
} from '../../schemas/alertRules.ts';
import { byOf } from '../by.ts';

const ruleBody = { required: true, content: { 'application/json': { schema: ruleInputSchema } } } as const;
const changeBody = { required: true, content: { 'application/json': { schema: ruleChangeSchema } } } as const;
const CHANGED = { ...REFUSALS, ...BODY_REFUSALS, ...CONFLICT };

const list = createRoute({
  method: 'get',
  path: '/alert-rules',
  summary: 'Rules, by slug',
  request: { query: rulesQuerySchema },
  responses: { 200: json(rulePageSchema, 'A page'), 400: REFUSALS[400] },
});

const create = createRoute({
  method: 'post',
  path: '/alert-rules',
  summary: 'Make a rule',
  request: { body: ruleBody },
  responses: { 201: json(storedRuleSchema, 'Made'), 400: REFUSALS[400], ...BODY_REFUSALS, ...CONFLICT },
});

const getOne = createRoute({
  method: 'get',
  path: '/alert-rules/{slug}',
  summary: 'One rule',
  request: { params: slugSchema },
  responses: { 200: json(storedRuleSchema, 'The rule'), ...REFUSALS },
});

const put = createRoute({
  method: 'put',
  path: '/alert-rules/{slug}',
  summary: 'Put another in its place',
  request: { params: slugSchema, headers: ruleVersionSchema, body: ruleBody },
  responses: { 200: json(storedRuleSchema, 'As it is now'), ...CHANGED },
});

const patch = createRoute({
  method: 'patch',
  path: '/alert-rules/{slug}',
  summary: 'Change some of its fields',
  request: { params: slugSchema, headers: ruleVersionSchema, body: changeBody },
  responses: { 200: json(storedRuleSchema, 'As it is now'), ...CHANGED },
});

const remove = createRoute({
  method: 'delete',
  path: '/alert-rules/{slug}',
  summary: 'Delete a rule; its open episodes end with the next evaluation',
  request: { params: slugSchema, headers: ruleVersionSchema },
  responses: { 200: json(storedRuleSchema, 'As it was'), ...REFUSALS, ...CONFLICT },
});

const view = ({ id: _id, ...rule }: StoredRule) => storedRuleSchema.parse(plain(rule));
const tag = ({ version }: StoredRule) => `"${version}"`;
const versionIn = (header: string | undefined) => (header === undefined ? undefined : Number(header.slice(1, -1)));

/** What is watched. */
export const alertRules = router()
  .openapi(list, async (c) => {
    const { limit, cursor } = c.req.valid('query');
    const { rules, ...next } = await listRules(limit, cursor);
    return c.json({ rules: rules.map(view), ...next }, 200);
  })
  .openapi(create, async (c) => {
    const rule = await createRule(byOf(c), c.req.valid('json'));
    c.header('Location', `/api/v1/alert-rules/${rule.slug}`);
    c.header('ETag', tag(rule));
    return c.json(view(rule), 201);
  })
  .openapi(getOne, async (c) => {
    const rule = await getRule(c.req.valid('param').slug);
    c.header('ETag', tag(rule));
    return c.json(view(rule), 200);
  })
  .openapi(put, async (c) => {
    const seen = versionIn(c.req.valid('header')['if-match']);
    const rule = await changeRule(byOf(c), c.req.valid('param').slug, () => c.req.valid('json'), seen);
    c.header('ETag', tag(rule));
    return c.json(view(rule), 200);
  })
  .openapi(patch, async (c) => {
    const seen = versionIn(c.req.valid('header')['if-match']);
    const fields = c.req.valid('json');
    const rule = await changeRule(byOf(c), c.req.valid('param').slug, (before) => merged(before, fields), seen);
    c.header('ETag', tag(rule));
    return c.json(view(rule), 200);
  })
  .openapi(remove, async (c) => {
    const seen = versionIn(c.req.valid('header')['if-match']);
    return c.json(view(await deleteRule(byOf(c), c.req.valid('param').slug, seen)), 200);
  });

/** Null takes a field away, as JSON merge patch has it. */
function merged(before: object, fields: Record<string, unknown>): object {
  const all = Object.entries({ ...before, ...fields });
  return Object.fromEntries(all.filter(([, value]) => value !== null));
}
