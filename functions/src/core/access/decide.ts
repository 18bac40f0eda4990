import type { Actor } from '../actor.ts';
import { AppError } from '../errors.ts';
import type { RouteAccess } from './routes.ts';

/** Throws `forbidden` when this route is not for this actor, and says what is lacking. */
export function assertAllowed({ role, key }: Actor, access: RouteAccess): void {
  if (access.who === 'anybody') return;
  const { who, keys } = access;
  if (who !== 'users' && (!role || !who.includes(role))) {
    throw new AppError('forbidden', `This needs the role ${who.join(' or ')}.`);
  }
  if (!key || keys === 'every key') return;
  if (keys === 'no key') throw new AppError('forbidden', 'No API key can do this; sign in.');
  if (!key.scopes.includes(keys)) throw new AppError('forbidden', `This API key lacks the scope ${keys}.`);
}
