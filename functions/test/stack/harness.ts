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

export interface LogLine {
  severity: string;
  message: string;
  component?: string;
  requestId?: string;
  [field: string]: unknown;
}

export interface Logs {
  /** The functions' structured lines since the capture began. */
  lines: LogLine[];
  /** Everything that was written, as it was. */
  text(): string;
  restore(): void;
}

/** Keeps what the functions log, instead of showing it, until `restore`. Other output goes where it went. */
export function capturedLogs(): Logs {
  const lines: LogLine[] = [];
  const written: string[] = [];
  const restores = [process.stdout, process.stderr].map((stream) => {
    const write = stream.write;
    stream.write = ((chunk: string | Uint8Array, ...rest: []) => {
      const text = String(chunk);
      written.push(text);
      if (!text.startsWith('{"severity"')) return write.call(stream, chunk, ...rest);
      lines.push(JSON.parse(text));
      return true;
    }) as typeof stream.write;
    return () => {
      stream.write = write;
    };
  });
  return {
    lines,
    text: () => written.join(''),
    restore: () => {
      for (const restore of restores) restore();
    },
  };
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
