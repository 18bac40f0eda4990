import { createRoute, z } from '@hono/zod-openapi';
import { CONTENT_TYPE, exposition } from '../../core/scrape/exposition.ts';
import { scrape } from '../../features/scrape/index.ts';
import { router } from '../router.ts';

const get = createRoute({
  method: 'get',
  path: '/metrics',
  summary: "What is counted and how things are, in Prometheus's text format",
  responses: {
    200: {
      description: 'Metrics; those of which nothing is known are left out',
      content: { 'text/plain': { schema: z.string() } },
    },
  },
});

/** What Prometheus scrapes. */
export const scraping = router().openapi(get, async (c) => {
  return c.text(exposition(await scrape()), 200, {
    'Content-Type': CONTENT_TYPE,
    'Cache-Control': 'private, no-store',
  });
});
