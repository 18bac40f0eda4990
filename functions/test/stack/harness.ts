import assert from 'node:assert/strict';
import type { Firestore } from 'firebase-admin/firestore';
import { signIn } from '../../../local/auth/accounts.ts';
import { type Account, createAccount } from '../../../local/auth/create-account.ts';
import { type Stack, type StackOptions, startStack } from '../../../local/stack/in-process.ts';
import { withoutDefaultRules } from '../../../local/stack/no-rules.ts';
import { givePlenty } from '../../../local/stack/plenty.ts';
import { BUCKET, PROJECT_ID } from '../../../local/stack/project.ts';
import type { Generation } from '../../src/core/generation/state.ts';
import type { GenerationView } from '../../src/core/generation/view.ts';
import { plainDocument } from '../../src/platform/firestore.ts';
import { capturedLogs, type Logs } from './logs.ts';

export { capturedLogs, type LogLine, type Logs } from './logs.ts';

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
  idToken: string;
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
  where: Stack | { url: string; authHost: string },
  uid: string,
  claims: Partial<Account> = {},
): Promise<Client> {
  const at = 'cloud' in where ? placeOf(where) : where;
  const account = { uid, email: `${uid}@example.test`, password: 'secret-1', ...claims };
  await createAccount(at.authHost, PROJECT_ID, account);
  const { idToken } = await signIn(at.authHost, account.email, account.password);
  const call: Client['call'] = (method, path, body, headers = {}) =>
    send(`${at.url}/api/v1${path}`, method, body, { Authorization: `Bearer ${idToken}`, ...headers });
  return {
    uid,
    idToken,
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

/**
 * A whole stack whose time stands still at noon until the test moves it. Users meet no limit unless `limits` says so, and there are
 * no rules for alerts unless `alerts` asks for the usual ones.
 */
export async function frozenStack({
  limits = false,
  alerts = false,
  ...options
}: StackOptions & { limits?: boolean; alerts?: boolean } = {}): Promise<Stack> {
  const stack = await startStack({ startAtMs: NOON, running: false, ...options });
  if (!limits) await givePlenty(stack.cloud.firestore);
  if (!alerts) await withoutDefaultRules(stack.cloud.firestore);
  return stack;
}

/** A frozen stack, and what its functions log. */
export type QuietStack = Stack & { logs: Logs };

/** A frozen stack whose functions' log is kept instead of shown, until it is stopped. */
export async function quietStack(options: Parameters<typeof frozenStack>[0] = {}): Promise<QuietStack> {
  const logs = capturedLogs();
  try {
    const stack = await frozenStack(options);
    return { ...stack, logs, stop: () => stack.stop().finally(logs.restore) };
  } catch (error) {
    logs.restore();
    throw error;
  }
}

/** Just short enough for the counting not to be late. */
const LEAP_MS = 4 * 60_000;

/** Lets time pass in which no single minute matters: what is done each minute is done every four, and so four times as fast. */
export async function leapBy(stack: Stack, ms: number): Promise<void> {
  const untilMs = stack.clock.now() + ms;
  while (stack.clock.now() < untilMs) {
    stack.clock.moveTo(Math.min(stack.clock.now() + LEAP_MS, untilMs));
    await stack.host.settle();
  }
}

export const placeOf = (stack: Stack) => ({ url: stack.url, authHost: stack.cloud.auth.host });

/** Tells the Veo stand-in how to treat what is submitted from now on. */
export async function script(stack: { url: string }, ...rules: object[]): Promise<void> {
  const { status, body } = await send(`${stack.url}/__local/vendors/veo/script`, 'POST', rules);
  assert.ok(status < 300, JSON.stringify(body));
}

/** Cloud Tasks as @google-cloud/tasks calls it: `verb` is pause, resume or purge. */
async function tellQueue(stack: Stack, queue: string, verb: string): Promise<void> {
  const name = `projects/${PROJECT_ID}/locations/us-central1/queues/${queue}`;
  const { status, body } = await send(`${stack.url}/v2/${name}:${verb}`, 'POST', {});
  assert.equal(status, 200, JSON.stringify(body));
}

export const pauseQueue = (stack: Stack, queue: string) => tellQueue(stack, queue, 'pause');
export const resumeQueue = (stack: Stack, queue: string) => tellQueue(stack, queue, 'resume');
/** Removes every task of a queue, as if they had been lost. */
export const purgeQueue = (stack: Stack, queue: string) => tellQueue(stack, queue, 'purge');

/** What the tasks that wait in a queue carry; at most 100. */
export async function queuedTasks(
  stack: Stack,
  queue: string,
): Promise<{ data: { generationId: string; epoch: number; key: string } }[]> {
  const { body } = await send(`${stack.url}/__local/tasks`);
  const queues: { name: string; tasks: { httpRequest: { body: string } }[] }[] = body.queues;
  const found = queues.find(({ name }) => name.endsWith(`/${queue}`));
  assert.ok(found, `no queue ${queue}`);
  return found.tasks.map(({ httpRequest }) => JSON.parse(Buffer.from(httpRequest.body, 'base64').toString()));
}

/** Names of all objects in Cloud Storage. */
export async function storedObjects(stack: Stack): Promise<string[]> {
  const { body } = await send(`${stack.cloud.storage.url}/storage/v1/b/${BUCKET}/o`);
  return ((body.items ?? []) as { name: string }[]).map(({ name }) => name).sort();
}

/** The database as the functions see it. */
export async function database(): Promise<Firestore> {
  const { getApps } = await import('firebase-admin/app');
  const { getFirestore } = await import('firebase-admin/firestore');
  const app = getApps().find(({ name }) => name === '[DEFAULT]');
  assert.ok(app, 'nothing has used Firestore yet');
  return getFirestore(app);
}

/** Every event of a generation in the log, by seq, as plain values. */
export async function eventsOf(
  generationId: string,
): Promise<{ id: string; type: string; body: Record<string, unknown> }[]> {
  const all = await (await database()).collection('analytics_events').get();
  return all.docs
    .filter((doc) => doc.id.startsWith(`${generationId}.`))
    .map((doc) => ({ id: doc.id, type: doc.get('type'), body: doc.get('body') }))
    .sort((a, b) => Number(a.id.split('.')[1]) - Number(b.id.split('.')[1]));
}

/** A generation as the database holds it. */
export async function storedGeneration(id: string): Promise<Generation> {
  const snapshot = await (await database()).doc(`generations/${id}`).get();
  return plainDocument<Generation>(id, snapshot.data() ?? {});
}

/** How many jobs the provider has taken for a prompt. */
export async function jobsFor(stack: Stack, prompt: string): Promise<number> {
  const { body } = await send(`${stack.vendors.url}/__vendors/veo/jobs`);
  return (body.jobs as { prompt: string }[]).filter((job) => job.prompt === prompt).length;
}

/** What a generation has told to the log, such as `requested`, in order. */
export const toldOf = async (id: string) => (await eventsOf(id)).map(({ type }) => type.replace('generation.', ''));
