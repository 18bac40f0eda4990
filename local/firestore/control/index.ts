import type { IncomingMessage, ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import type { MovableClock } from '../../clock.ts';
import { FirestoreError, invalid } from '../errors.ts';
import type { Triggers } from '../triggers/index.ts';
import { parseRegistration } from './registration.ts';

/** What the control API steers. */
export interface ControlDeps {
  clock: MovableClock;
  triggers: Triggers;
  /** Billed operations since the last reset. */
  usage(): object;
  resetUsage(): void;
  /** Wipes documents, undelivered events, locks and usage of every database. */
  reset(): unknown;
  /** Wipes the documents of one database. */
  wipeDocuments(database: string): unknown;
}

interface Call {
  request: IncomingMessage;
  url: URL;
}

type Answer = object | string;
/** By method and path; a path's variable segment is `*`. */
type Routes = Record<string, (call: Call) => Answer | Promise<Answer>>;

/**
 * The HTTP/1 side of the server: what firebase-tools asks of its Firestore emulator, and under `/__firestore` what the
 * local stack needs besides.
 */
export function controlHandler(deps: ControlDeps): (request: IncomingMessage, response: ServerResponse) => void {
  const routes = controlRoutes(deps);
  return (request, response) => {
    answerTo(routes, request).then(
      ({ status, body }) => send(response, status, body),
      (error: unknown) => {
        const refused = error instanceof FirestoreError || error instanceof SyntaxError || error instanceof RangeError;
        const message = error instanceof Error ? error.message : String(error);
        send(response, refused ? 400 : 500, { error: { code: refused ? 400 : 500, message } });
      },
    );
  };
}

function controlRoutes({ clock, triggers, ...deps }: ControlDeps): Routes {
  const triggerState = () => ({ ...triggers.state(), registered: triggers.registered() });
  const register = async ({ request, url }: Call) => {
    triggers.register(parseRegistration(triggerKey(url), await body(request)));
    return {};
  };
  return {
    'GET /': () => 'Ok\n',
    'GET /__firestore/usage': () => deps.usage(),
    'POST /__firestore/usage/reset': () => done(deps.resetUsage()),
    'POST /__firestore/reset': () => done(deps.reset()),
    'GET /__firestore/clock': () => clock.state(),
    'POST /__firestore/clock': async ({ request }) => followClock(clock, await body(request)),
    'GET /__firestore/triggers': triggerState,
    'POST /__firestore/triggers/settle': async () => ({ settled: await triggers.idle(), ...triggerState() }),
    'POST /__firestore/triggers/chaos': async ({ request }) => {
      const { duplicate, shuffle, seed = 1 } = await body(request);
      triggers.setChaos({ duplicate: duplicate === true, shuffle: shuffle === true, seed: Number(seed) });
      return {};
    },
    'POST /emulator/v1/projects/*/eventarcTrigger': register,
    'PUT /emulator/v1/projects/*/eventarcTrigger': register,
    'DELETE /emulator/v1/projects/*/eventarcTrigger': ({ url }) => ({ removed: triggers.unregister(triggerKey(url)) }),
    'PUT /emulator/v1/projects/*:securityRules': () => ({ issues: [] }),
    'DELETE /emulator/v1/projects/*/databases/*/documents': ({ url }) =>
      done(deps.wipeDocuments(decodeURIComponent(url.pathname.split('/')[6] ?? ''))),
  };
}

async function answerTo(routes: Routes, request: IncomingMessage): Promise<{ status: number; body: Answer }> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const path = url.pathname.replace(/(\/(?:projects|databases)\/)[^/:]+/g, '$1*');
  const route = routes[`${request.method} ${path}`];
  if (route) return { status: 200, body: await route({ request, url }) };
  const message = `No route for ${request.method} ${url.pathname}`;
  return { status: 404, body: { error: { code: 404, message } } };
}

function send(response: ServerResponse, status: number, answer: Answer): void {
  const text = typeof answer === 'string' ? answer : JSON.stringify(answer);
  const type = typeof answer === 'string' ? 'text/plain' : 'application/json';
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(text) });
  response.end(text);
}

async function done(work: unknown): Promise<object> {
  await work;
  return {};
}

async function body(request: IncomingMessage): Promise<Record<string, unknown>> {
  const parsed = await json(request);
  if (typeof parsed !== 'object' || parsed === null) throw invalid('The body is no JSON object.');
  return parsed as Record<string, unknown>;
}

function triggerKey(url: URL): string {
  return url.searchParams.get('eventarcTriggerId') ?? '';
}

function followClock(clock: MovableClock, { nowMs, running }: Record<string, unknown>): object {
  if (typeof nowMs !== 'number' || !Number.isSafeInteger(nowMs)) throw invalid('nowMs is no whole number');
  if (typeof running !== 'boolean') throw invalid('running is not true or false');
  clock.follow({ nowMs, running });
  return clock.state();
}
