import { isDeepStrictEqual } from 'node:util';
import { DEFAULT_SETTINGS } from '../../functions/src/core/settings/settings.ts';
import { signIn } from '../auth/accounts.ts';
import { PEOPLE } from './people.ts';

/** Enough for days of the demo's own traffic, and for whoever plays with it. */
const TIER = {
  signupCredits: 1_000_000,
  concurrentGenerations: 20,
  requestsPerMinute: 30,
  generationsPerDay: 10_000,
  creditsPerDay: 1_000_000,
  creditsPer30Days: 10_000_000,
};

/** Lets the demo's admin raise the limits, through the API, unless somebody has changed them before. */
export async function raiseLimits(url: string, authHost: string): Promise<void> {
  const admin = PEOPLE.find(({ role }) => role === 'admin');
  if (!admin) throw new Error('the demo has no admin');
  const { idToken } = await signIn(authHost, admin.email, admin.password);
  const call = (method: string, body?: object) =>
    fetch(`${url}/api/v1/admin/settings`, {
      method,
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${idToken}` },
      ...(body && { body: JSON.stringify(body) }),
    });
  const { limits } = (await (await call('GET')).json()) as { limits: unknown };
  if (!isDeepStrictEqual(limits, DEFAULT_SETTINGS.limits)) return;
  const answer = await call('PATCH', { limits: { free: TIER, premium: TIER }, reason: 'demo' });
  if (!answer.ok) throw new Error(`the demo's limits were not raised: ${answer.status} ${await answer.text()}`);
}
