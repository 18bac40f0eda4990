import assert from 'node:assert/strict';
import { signIn } from '../../../../local/auth/accounts.ts';
import type { Stack } from '../../../../local/stack/in-process.ts';
import { type Answer, type Client, send } from '../../stack/harness.ts';

/** Signs a user of `clientFor` in anew, with claims as they are now; their old token stays as it was. */
export async function signedInAgain(stack: Stack, { uid }: Client): Promise<Client['call']> {
  const { idToken } = await signIn(stack.cloud.auth.host, `${uid}@example.test`, 'secret-1');
  return (method, path, body, headers = {}) =>
    send(`${stack.url}/api/v1${path}`, method, body, { Authorization: `Bearer ${idToken}`, ...headers });
}

/**
 * The same once a token is good again after a change of claims: the second in which the change was made must be over, by
 * the real clock, for tokens tell whole seconds.
 */
export async function letInAgain(stack: Stack, client: Client): Promise<Client['call']> {
  const endsAt = performance.now() + 5_000;
  for (;;) {
    const call = await signedInAgain(stack, client);
    if ((await call('GET', '/models')).status === 200) return call;
    assert.ok(performance.now() < endsAt, 'not let in again within 5 s');
  }
}

/** The body of an answer that must be of this status. */
export function bodyOf({ status, body }: Answer, expected = 200): Answer['body'] {
  assert.equal(status, expected, JSON.stringify(body));
  return body;
}
