import type { Context } from 'hono';
import { etagOf, isMatch } from '../../../core/analytics/etag.ts';
import { type InsightState, insightsAsOf } from '../../../features/insights/index.ts';
import type { Env } from '../../env.ts';

const CACHE_CONTROL = 'private, max-age=60';

/**
 * Answers a question about insights, under the tag of how far they are; 304, before any of them is read, to a client that has the
 * answer. Throws AppError `unavailable` where there is no warehouse.
 */
export async function taggedInsight<A extends Response>(
  c: Context<Env>,
  query: object,
  answer: (asOf: InsightState) => Promise<A>,
): Promise<A> {
  const { uid, role = '' } = c.var.actor;
  const asOf = await insightsAsOf();
  const state = { ...query, through: asOf.through?.toISOString() };
  const etag = etagOf(asOf.version, c.req.path, state, role, uid);
  // Every route that is tagged is described as answering 304, too.
  const unchanged = () => c.body(null, 304) as Response as A;
  const response = isMatch(c.req.header('if-none-match'), etag) ? unchanged() : await answer(asOf);
  response.headers.set('ETag', etag);
  response.headers.set('Cache-Control', CACHE_CONTROL);
  return response;
}
