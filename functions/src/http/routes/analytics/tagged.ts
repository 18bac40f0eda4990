import type { Context } from 'hono';
import { etagOf, isMatch } from '../../../core/analytics/etag.ts';
import { type AsOf, countedUpTo } from '../../../features/analytics/index.ts';
import type { Env } from '../../env.ts';

const CACHE_CONTROL = 'private, max-age=10';

/**
 * Answers a question about what is counted, under the tag of how far that is; 304, before any bucket is read, to a client that
 * has the answer. That an answer needs the warehouse turns out while it is made: it has the tag of what the warehouse holds,
 * and is found to be what the client has only then.
 */
export async function tagged<A extends Response>(
  c: Context<Env>,
  query: object,
  answer: (asOf: AsOf) => Promise<A>,
): Promise<A> {
  const { uid, role = '' } = c.var.actor;
  const asOf = await countedUpTo();
  const { rollupVersion, version } = asOf;
  const tagOf = (counted: number, more: object) =>
    etagOf(counted, c.req.path, { ...query, rollupVersion, ...more }, role, uid);
  const isKnown = (tag: string) => isMatch(c.req.header('if-none-match'), tag);
  // Every route that is tagged is described as answering 304, too.
  const unchanged = () => c.body(null, 304) as Response as A;
  const tag = tagOf(version, {});
  const made = isKnown(tag) ? undefined : await answer(asOf);
  const { buckets, warehouse } = asOf.restsOn;
  const etag = warehouse ? tagOf(buckets ? version : 0, { warehouse: warehouse.state }) : tag;
  const response = made && !(warehouse && isKnown(etag)) ? made : unchanged();
  response.headers.set('ETag', etag);
  response.headers.set('Cache-Control', CACHE_CONTROL);
  return response;
}

export const NOT_MODIFIED = {
  304: { description: 'What the client has, by If-None-Match, is still the answer' },
} as const;
