import { createMiddleware } from 'hono/factory';
import type { Role } from '../../core/actor.ts';
import { AppError } from '../../core/errors.ts';
import { actorOfIdToken } from '../../platform/auth.ts';
import type { Env } from '../env.ts';

/**
 * Lets in whoever holds a valid Firebase ID token, as `c.var.actor`.
 * @example app.use('/generations/*', authenticate)
 */
export const authenticate = createMiddleware<Env>(async (c, next) => {
  const [scheme, token] = (c.req.header('authorization') ?? '').split(' ');
  if (scheme?.toLowerCase() !== 'bearer' || !token) {
    throw new AppError('unauthenticated', 'Send a Firebase ID token: "Authorization: Bearer …".');
  }
  c.set('actor', await actorOfIdToken(token));
  await next();
});

/**
 * Lets in only these roles; comes after `authenticate`.
 * @example app.use('/health/services', authenticate, requireRole('analyst', 'admin'))
 */
export function requireRole(...roles: readonly Role[]) {
  return createMiddleware<Env>(async (c, next) => {
    const { role } = c.var.actor;
    if (!role || !roles.includes(role)) throw new AppError('forbidden', `This needs the role ${roles.join(' or ')}.`);
    await next();
  });
}
