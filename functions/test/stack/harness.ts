import assert from 'node:assert/strict';
import { signIn } from '../../../local/auth/accounts.ts';
import { type Account, createAccount } from '../../../local/auth/create-account.ts';
import { type Stack, type StackOptions, startStack } from '../../../local/stack/in-process.ts';
import { PROJECT_ID } from '../../../local/stack/project.ts';
import type { GenerationView } from '../../src/core/generation/view.ts';

/** Far ahead, because links are signed for the later of this clock and the real one. */
export const NOON = Date.parse('2040-01-01T12:00:00.000Z');

export interface Answer {
  status: number;
  headers: Headers;
  // The tests assert what is in it.
  // biome-ignore lint/suspicious/noExplicitAny: the body is whatever the API answered
  body: any;
}

/** The API as one signed-in user calls it. */
export interface Client {
  uid: string;
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** Asks for a video and answers its id. */
  generate(request?: object): Promise<string>;
  generation(id: string): Promise<GenerationView & { outputs: { url: string; urlExpiresAt: string }[] }>;
}

/** Calls any address of the stack; a body is sent as JSON. */
export async function send(
  url: string,
  method = 'GET',
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const answer = await fetch(url, {
    method,
    redirect: 'manual',
    headers: { ...(body !== undefined && { 'Content-Type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await answer.text();
  const isJson = answer.headers.get('content-type')?.includes('json') ?? false;
  return { status: answer.status, headers: answer.headers, body: isJson && text !== '' ? JSON.parse(text) : text };
}

/** Signs a user up and in; `role` and `premium` become claims. */
export async function clientFor(
  at: { url: string; authHost: string },
  uid: string,
  claims: Partial<Account> = {},
): Promise<Client> {
  const account = { uid, email: `${uid}@example.test`, password: 'secret-1', ...claims };
  await createAccount(at.authHost, PROJECT_ID, account);
  const { idToken } = await signIn(at.authHost, account.email, account.password);
  const call: Client['call'] = (method, path, body, headers = {}) =>
    send(`${at.url}/api/v1${path}`, method, body, { Authorization: `Bearer ${idToken}`, ...headers });
  return {
    uid,
    call,
    async generate(request = {}) {
      const { status, body } = await call('POST', '/generations', { ...FAST, ...request });
      assert.equal(status, 202, JSON.stringify(body));
      return body.id;
    },
    async generation(id) {
      const { status, body } = await call('GET', `/generations/${id}`);
      assert.equal(status, 200, JSON.stringify(body));
      return body;
    },
  };
}

const FAST = { model: 'veo-3.1-fast-generate-001', prompt: 'a lighthouse at dusk', durationSec: 4 };

/** A whole stack whose time stands still at noon until the test moves it. */
export async function frozenStack(options: StackOptions = {}): Promise<Stack> {
  return startStack({ startAtMs: NOON, running: false, ...options });
}

export const placeOf = (stack: Stack) => ({ url: stack.url, authHost: stack.cloud.auth.host });

/** Tells the Veo stand-in how to treat what is submitted from now on. */
export async function script(stack: { url: string }, ...rules: object[]): Promise<void> {
  const { status, body } = await send(`${stack.url}/__local/vendors/veo/script`, 'POST', rules);
  assert.ok(status < 300, JSON.stringify(body));
}

/** Every event of a generation in the log, by seq, as plain values. */
export async function eventsOf(
  generationId: string,
): Promise<{ id: string; type: string; body: Record<string, unknown> }[]> {
  const { getApps } = await import('firebase-admin/app');
  const { getFirestore } = await import('firebase-admin/firestore');
  const [app] = getApps();
  assert.ok(app, 'nothing has used Firestore yet');
  const all = await getFirestore(app).collection('analytics_events').get();
  return all.docs
    .filter((doc) => doc.id.startsWith(`${generationId}.`))
    .map((doc) => ({ id: doc.id, type: doc.get('type'), body: doc.get('body') }))
    .sort((a, b) => Number(a.id.split('.')[1]) - Number(b.id.split('.')[1]));
}
