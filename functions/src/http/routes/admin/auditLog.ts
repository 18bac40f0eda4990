import { createRoute } from '@hono/zod-openapi';
import { readAuditLog } from '../../../features/administration/index.ts';
import { json, REFUSALS } from '../../answers.ts';
import { plain } from '../../plain.ts';
import { router } from '../../router.ts';
import { auditPageSchema, auditQuerySchema } from '../../schemas/admin.ts';

const read = createRoute({
  method: 'get',
  path: '/admin/audit-log',
  summary: 'Who did what, newest first',
  request: { query: auditQuerySchema },
  responses: { 200: json(auditPageSchema, 'A page'), 400: REFUSALS[400] },
});

export const adminAuditLog = router().openapi(read, async (c) => {
  const page = await readAuditLog(c.req.valid('query'));
  return c.json(auditPageSchema.parse(plain(page)), 200);
});
