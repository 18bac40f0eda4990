import { createMiddleware } from 'hono/factory';
import { matchedRoutes } from 'hono/route';
import { callerAddress } from '../../core/access/address.ts';
import { assertAllowed } from '../../core/access/decide.ts';
import { accessOf } from '../../core/access/routes.ts';
import { AppError, type AppErrorCode } from '../../core/errors.ts';
import {
  assertActive,
  assertRoomFor,
  type Credential,
  countAnonymous,
  countRequest,
  type Identity,
  identify,
  isKnownKey,
} from '../../features/access/index.ts';
import { credentialOf, signInFirst } from '../credential.ts';
import type { Env } from '../env.ts';

/**
 * Lets in whom the route table lets in, as `c.var.actor`, and no more often than it says.
 * @example app.use(guard)
 */
export const guard = createMiddleware<Env>(async (c, next) => {
  const address = callerAddress(c.req.header('x-forwarded-for'));
  c.set('address', address);
  const route = matchedRoutes(c).find(({ method }) => method !== 'ALL');
  const access = route && accessOf(route.method, route.path);
  if (!access || access.who === 'anybody') countAnonymous(address);
  else {
    const identity = await identityOf((name) => c.req.header(name), address);
    countRequest(identity.actor, access.rate);
    // Who could still use a role for half a minute after losing it could take it back.
    await assertActive(identity, access.keys === 'no key');
    assertAllowed(identity.actor, access);
    c.set('actor', identity.actor);
  }
  await next();
});

const REFUSED: readonly AppErrorCode[] = ['unauthenticated', 'suspended'];

/** Who asks. A request without a valid credential counts for its address, and none is looked up when that has no room. */
async function identityOf(header: (name: string) => string | undefined, address: string): Promise<Identity> {
  try {
    const credential = credentialOf(header);
    if (!credential) throw signInFirst();
    if (mayBeGuessed(credential)) assertRoomFor(address);
    return await identify(credential);
  } catch (error) {
    if (error instanceof AppError && REFUSED.includes(error.code)) countAnonymous(address);
    throw error;
  }
}

/** To check an ID token costs no read, and a key that worked before is no guess. */
function mayBeGuessed(credential: Credential): boolean {
  return credential.kind === 'api_key' && !isKnownKey(credential);
}
