import { createRoute, z } from '@hono/zod-openapi';
import { auditActor } from '../../core/access/audit.ts';
import { type ExportJob, fileNameOf, totalOf } from '../../core/export/job.ts';
import { exportRows, listExports, readExport } from '../../features/export/index.ts';
import { json, REFUSALS } from '../answers.ts';
import { router } from '../router.ts';
import {
  exportIdSchema,
  exportQuerySchema,
  exportSchema,
  exportsSchema,
  queuedExportSchema,
} from '../schemas/export.ts';

const RETRY_AFTER_SEC = 5;
const NO_STORE = 'private, no-store';
const text = { schema: z.string() };

const get = createRoute({
  method: 'get',
  path: '/export',
  summary: 'A whole data set as a file; a task writes what is beyond about 8 MB',
  request: { query: exportQuerySchema },
  responses: {
    200: {
      description:
        'The file. Without its proper end it is not whole: the connection breaks off, and JSON does not close',
      content: { 'text/csv': text, 'application/json': text, 'application/x-ndjson': text },
      headers: z.object({
        'X-Export-As-Of': z.iso.datetime().openapi({ description: 'what came later is left out' }),
      }),
    },
    202: {
      ...json(queuedExportSchema, 'A task writes it; statusUrl tells of it'),
      headers: z.object({ Location: z.string(), 'Retry-After': z.int() }),
    },
    400: REFUSALS[400],
  },
});

const list = createRoute({
  method: 'get',
  path: '/exports',
  summary: 'Your exports that tasks write or have written, newest first',
  request: {
    query: z.strictObject({ limit: z.coerce.number().int().min(1).max(100).default(20) }),
  },
  responses: { 200: json(exportsSchema, 'The newest of the last 7 days'), 400: REFUSALS[400] },
});

const read = createRoute({
  method: 'get',
  path: '/exports/{id}',
  summary: 'How far an export of yours is, and in the end links to its parts; for admins anybody’s',
  request: { params: exportIdSchema },
  responses: { 200: json(exportSchema, 'The export'), ...REFUSALS },
});

/** Data sets as files. */
export const exporting = router()
  .openapi(get, async (c) => {
    const { actor, address } = c.var;
    const by = { uid: actor.uid, actor: auditActor(actor), from: address };
    const exported = await exportRows(by, c.req.valid('query'));
    c.header('Cache-Control', NO_STORE);
    if (exported.how === 'task') {
      const { id, status } = exported.job;
      c.header('Location', addressOf(id));
      c.header('Retry-After', String(RETRY_AFTER_SEC));
      return c.json({ id, status, statusUrl: addressOf(id) }, 202);
    }
    const { plan, contentType, fileName, body } = exported;
    c.header('Content-Type', contentType);
    c.header('Content-Disposition', `attachment; filename="${fileName}"`);
    c.header('X-Export-As-Of', new Date(plan.asOfMs).toISOString());
    if (c.req.method !== 'HEAD') return c.body(body, 200);
    await body.cancel();
    return c.body(null, 200);
  })
  .openapi(list, async (c) => {
    const found = await listExports(c.var.actor, c.req.valid('query').limit);
    c.header('Cache-Control', NO_STORE);
    return c.json({ exports: found.map(viewOf) }, 200);
  })
  .openapi(read, async (c) => {
    const { job, links } = await readExport(c.var.actor, c.req.valid('param').id);
    const parts = job.parts.map(({ rows, bytes }, at) => {
      const link = links[at];
      const name = fileNameOf(job.plan, at + 1);
      return { name, rows, bytes, ...(link && { url: link.url, urlExpiresAt: link.expiresAt.toISOString() }) };
    });
    c.header('Cache-Control', NO_STORE);
    if (job.status === 'queued' || job.status === 'writing') c.header('Retry-After', String(RETRY_AFTER_SEC));
    return c.json({ ...viewOf(job), parts }, 200);
  });

const addressOf = (id: string) => `/api/v1/exports/${id}`;

function viewOf(job: ExportJob) {
  const { id, status, plan, units, unitsRead, createdAt, endedAt, expireAt, error } = job;
  const iso = (ms: number) => new Date(ms).toISOString();
  return {
    ...{ id, status, statusUrl: addressOf(id), dataset: plan.dataset, format: plan.format },
    ...{ from: iso(plan.fromMs), to: iso(plan.toMs), asOf: iso(plan.asOfMs) },
    progress: status === 'done' ? 1 : Math.min(0.99, unitsRead / Math.max(1, units)),
    ...totalOf(job),
    ...{ createdAt: createdAt.toISOString(), ...(endedAt && { endedAt: endedAt.toISOString() }) },
    expiresAt: expireAt.toISOString(),
    ...(error !== undefined && { error }),
  };
}
