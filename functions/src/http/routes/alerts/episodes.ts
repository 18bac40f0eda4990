import { createRoute } from '@hono/zod-openapi';
import { deliveryView, entryView, episodeView } from '../../../core/alert/episodeView.ts';
import { reportMarkdown, timesOf } from '../../../core/alert/report.ts';
import { countOpen, dashboard, listEpisodes, readEpisode, wholeEpisode } from '../../../features/alerts/index.ts';
import { json, REFUSALS } from '../../answers.ts';
import { plain } from '../../plain.ts';
import { router } from '../../router.ts';
import {
  dashboardQuerySchema,
  dashboardSchema,
  detailQuerySchema,
  episodeDetailSchema,
  episodeIdSchema,
  episodePageSchema,
  episodesQuerySchema,
  reportQuerySchema,
  reportSchema,
} from '../../schemas/alerts.ts';

const list = createRoute({
  method: 'get',
  path: '/alerts',
  summary: 'Episodes of alerts, the latest begun first, and how many are open by severity',
  request: { query: episodesQuerySchema },
  responses: { 200: json(episodePageSchema, 'A page'), 400: REFUSALS[400] },
});

const getDashboard = createRoute({
  method: 'get',
  path: '/alerts/dashboard',
  summary: 'What is open, how fast people were, which rules are noisy, how channels deliver',
  request: { query: dashboardQuerySchema },
  responses: { 200: json(dashboardSchema, 'The last days'), 400: REFUSALS[400] },
});

const getOne = createRoute({
  method: 'get',
  path: '/alerts/{id}',
  summary: 'One episode: timeline, deliveries, the metric around it, and its impact',
  request: { params: episodeIdSchema, query: detailQuerySchema },
  responses: { 200: json(episodeDetailSchema, 'All there is to know'), ...REFUSALS },
});

const getReport = createRoute({
  method: 'get',
  path: '/alerts/{id}/report',
  summary: 'A report on an episode: what, when, whom it concerned, who did what, root cause and resolution',
  request: { params: episodeIdSchema, query: reportQuerySchema },
  responses: {
    200: {
      description: 'The report',
      content: { 'application/json': { schema: reportSchema }, 'text/markdown': { schema: { type: 'string' } } },
    },
    ...REFUSALS,
  },
});

/** What episodes there are and were. */
export const episodes = router()
  .openapi(list, async (c) => {
    const [{ episodes, ...next }, open] = await Promise.all([listEpisodes(c.req.valid('query')), countOpen()]);
    return c.json(episodePageSchema.parse(plain({ alerts: episodes.map(episodeView), open, ...next })), 200);
  })
  .openapi(getDashboard, async (c) =>
    c.json(dashboardSchema.parse(plain(await dashboard(c.req.valid('query').days))), 200),
  )
  .openapi(getOne, async (c) => {
    const { afterSeq } = c.req.valid('query');
    const {
      episode,
      rule: _rule,
      timeline,
      deliveries,
      ...rest
    } = await readEpisode(c.req.valid('param').id, afterSeq);
    const detail = {
      ...episodeView(episode),
      ...{ timeline: timeline.map(entryView), deliveries: deliveries.map(deliveryView), ...rest },
    };
    return c.json(episodeDetailSchema.parse(plain(detail)), 200);
  })
  .openapi(getReport, async (c) => {
    const { id } = c.req.valid('param');
    const { format } = c.req.valid('query');
    const file = await wholeEpisode(id);
    c.header('Content-Disposition', `attachment; filename="alert-${id}.${format === 'json' ? 'json' : 'md'}"`);
    if (format === 'markdown') {
      return c.body(reportMarkdown(file), 200, { 'Content-Type': 'text/markdown; charset=utf-8' });
    }
    const { episode, timeline, deliveries, impact } = file;
    const report = {
      alert: episodeView(episode),
      ...{ times: timesOf(episode), impact },
      ...{ timeline: timeline.map(entryView), deliveries: deliveries.map(deliveryView) },
    };
    return c.json(reportSchema.parse(plain(report)), 200);
  });
