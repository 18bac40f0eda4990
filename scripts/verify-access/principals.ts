import { signIn } from '../../local/auth/accounts.ts';
import { type Account, createAccount } from '../../local/auth/create-account.ts';
import type { Stack } from '../../local/stack/in-process.ts';
import { PROJECT_ID } from '../../local/stack/project.ts';
import { type Call, callerOf } from './call.ts';
import type { PrincipalName, Things } from './expected.ts';

const PASSWORD = 'verify-access';
const MINUTE_MS = 60_000;
/** How long an instance keeps an account. */
const ACCOUNT_KEPT_MS = 30_000;

/** Somebody who asks: how they say who they are, and what is theirs. */
export interface Principal {
  headers: Record<string, string>;
  /** A stranger to all has what is the stranger's. */
  own: Things;
}

interface User {
  headers: Record<string, string>;
  things: Things;
}

/** Makes everybody, and a stranger whose things are somebody else's to all of them. */
export async function makePrincipals(
  stack: Stack,
): Promise<{ principals: Record<PrincipalName, Principal>; stranger: Things }> {
  const call = callerOf(stack.url);
  const user = (name: string, claims: Partial<Account> = {}) => makeUser(stack, call, `va-${name}`, claims);
  const [free, premium, stranger, suspended] = [
    await user('free'),
    await user('premium', { premium: true }),
    await user('stranger'),
    await user('suspended'),
  ];
  const [analyst, ingest, admin] = [
    await user('analyst', { role: 'analyst' }),
    await user('ingest', { role: 'ingest' }),
    await user('admin', { role: 'admin' }),
  ];
  const keyOf = async (owner: User, scope: string, more: object = {}) => {
    const { id, key } = await demand(call, owner, '/api/v1/api-keys', { name: scope, scopes: [scope], ...more });
    return { id, principal: { headers: { 'X-API-Key': String(key) }, own: owner.things } };
  };
  const signedIn = ({ headers, things }: User): Principal => ({ headers, own: things });
  const expiresAt = new Date(stack.clock.now() + MINUTE_MS).toISOString();
  const [expired, revoked] = [await keyOf(free, 'generate', { expiresAt }), await keyOf(free, 'generate')];
  await call('DELETE', `/api/v1/api-keys/${revoked.id}`, free.headers);
  const principals: Record<PrincipalName, Principal> = {
    anonymous: { headers: {}, own: stranger.things },
    ...{ free: signedIn(free), premium: signedIn(premium), analyst: signedIn(analyst) },
    ...{ ingest: signedIn(ingest), admin: signedIn(admin), suspended: signedIn(suspended) },
    'key:generate': (await keyOf(free, 'generate')).principal,
    'key:ingest': (await keyOf(ingest, 'ingest')).principal,
    'key:read:analytics': (await keyOf(analyst, 'read:analytics')).principal,
    'key:scrape': (await keyOf(analyst, 'scrape')).principal,
    'key:manage:alerts': (await keyOf(admin, 'manage:alerts')).principal,
    ...{ 'key:expired': expired.principal, 'key:revoked': revoked.principal },
  };
  await stack.host.drainTasks();
  await suspend(stack, suspended.things.uid);
  await stack.host.advanceBy(MINUTE_MS + ACCOUNT_KEPT_MS);
  return { principals, stranger: stranger.things };
}

async function makeUser(stack: Stack, call: Call, uid: string, claims: Partial<Account>): Promise<User> {
  const account = { uid, email: `${uid}@example.test`, password: PASSWORD, ...claims };
  await createAccount(stack.cloud.auth.host, PROJECT_ID, account);
  const { idToken } = await signIn(stack.cloud.auth.host, account.email, PASSWORD);
  const user = { headers: { Authorization: `Bearer ${idToken}` } };
  const wish = { model: 'veo-3.1-lite-generate-001', prompt: 'a door', durationSec: 4 };
  const generation = await demand(call, user, '/api/v1/generations', wish);
  const spare = await demand(call, user, '/api/v1/api-keys', { name: 'spare', scopes: ['generate'] });
  return { ...user, things: { uid, generationId: String(generation.id), apiKeyId: String(spare.id) } };
}

async function demand(call: Call, { headers }: Pick<User, 'headers'>, path: string, body: object) {
  const answer = await call('POST', path, headers, body);
  if (answer.status >= 300) throw new Error(`POST ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}

/** Writes down the suspension as an administrator's command would. */
async function suspend(stack: Stack, uid: string): Promise<void> {
  const { getApps } = await import('firebase-admin/app');
  const { getFirestore } = await import('firebase-admin/firestore');
  const app = getApps().find(({ name }) => name === '[DEFAULT]');
  if (!app) throw new Error('the functions have not used Firestore yet');
  const suspendedAt = new Date(stack.clock.now());
  await getFirestore(app).doc(`users/${uid}`).set({ suspendedAt, suspendedFor: 'verify-access' }, { merge: true });
}
