import { assertAllowed } from '../../core/access/decide.ts';
import type { RouteAccess } from '../../core/access/routes.ts';
import { assertActive, type Identity, identify } from '../../features/access/index.ts';
import { credentialOf, signInFirst } from '../credential.ts';

/**
 * Who sent a request, asked anew while it is being answered. Throws AppError when they may not have this answer any more:
 * the token or key has ended, the account is suspended, or the role is gone.
 */
export async function stillAllowed(
  header: (name: string) => string | undefined,
  access: RouteAccess | undefined,
): Promise<Identity> {
  const credential = credentialOf(header);
  if (!credential || !access) throw signInFirst();
  const identity = await identify(credential);
  await assertActive(identity);
  assertAllowed(identity.actor, access);
  return identity;
}
