import type { Role, Scope } from '../actor.ts';

/** Whose keys may use a scope; `everybody` needs no role. */
const SCOPE_OWNERS: Record<Scope, 'everybody' | readonly Role[]> = {
  generate: 'everybody',
  ingest: ['ingest', 'admin'],
  'read:analytics': ['analyst', 'admin'],
  scrape: ['analyst', 'admin'],
  'manage:alerts': ['admin'],
};

/** Whether somebody of this role may have a key of this scope. */
export function mayUse(scope: Scope, role: Role | undefined): boolean {
  const owners = SCOPE_OWNERS[scope];
  return owners === 'everybody' || (role !== undefined && owners.includes(role));
}

/** What a key can do now: the scopes on it that its owner may still use. */
export function effectiveScopes(scopes: readonly Scope[], ownerRole: Role | undefined): Scope[] {
  return scopes.filter((scope) => mayUse(scope, ownerRole));
}
