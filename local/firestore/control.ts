import type { RequestListener } from 'node:http';
import { json } from 'node:stream/consumers';
import type { MovableClock } from '../clock.ts';
import { FirestoreError, invalid } from './errors.ts';
import { parseRegistration } from './triggers/registry.ts';
import type { Triggers } from './triggers/triggers.ts';

/** What the control API steers. */
export interface ControlDeps {
  clock: MovableClock;
  triggers: Triggers;
  /** Billed operations since the last reset. */
  usage(): object;
  resetUsage(): unknown;
  /** Wipes documents, undelivered events, locks and usage of every database. */
  reset(): unknown;
  /** Wipes the documents of one database. */
  wipeDocuments(database: string): unknown;
}

type Body = Record<string, unknown>;
type Answer = object | string;
/** By method and path; a path's variable segment is `*`. */
type Routes = Record<string, (url: URL, body: () => Promise<Body>) => Answer | Promise<Answer>>;

/**
 * The HTTP/1 side of the server: what firebase-tools asks of its Firestore emulator, and under `/__firestore` what the
 * local stack needs besides.
 */
export function controlHandler(deps: ControlDeps): RequestListener {
  const routes = controlRoutes(deps);
  return async (request, response) => {
    const send = (status: number, answer: Answer): void => {
      const [text, type] =
        typeof answer === 'string' ? [answer, 'text/plain'] : [JSON.stringify(answer), 'application/json'];
      response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(text) }).end(text);
    };
    const refuse = (code: number, message: string): void => send(code, { error: { code, message } });
    const url = new URL(request.url ?? '/', 'http://localhost');
    const path = url.pathname.replace(/(\/(?:projects|databases)\/)[^/:]+/g, '$1*');
    const route = routes[`${request.method} ${path}`];
    if (!route) return refuse(404, `No route for ${request.method} ${url.pathname}`);
    try {
      send(200, await route(url, async () => objectOf(await json(request))));
    } catch (error) {
      const refused = error instanceof FirestoreError || error instanceof SyntaxError || error instanceof RangeError;
      refuse(refused ? 400 : 500, error instanceof Error ? error.message : String(error));
    }
  };
}

function controlRoutes({ clock, triggers, ...deps }: ControlDeps): Routes {
  const done = async (work: unknown): Promise<object> => {
    await work;
    return {};
  };
  const triggerState = () => ({ ...triggers.state(), registered: triggers.registered() });
  const triggerKey = (url: URL): string => url.searchParams.get('eventarcTriggerId') ?? '';
  const register: Routes[string] = async (url, body) =>
    done(triggers.register(parseRegistration(triggerKey(url), await body())));
  return {
    'GET /': () => 'Ok\n',
    'GET /__firestore/usage': () => deps.usage(),
    'POST /__firestore/usage/reset': () => done(deps.resetUsage()),
    'POST /__firestore/reset': () => done(deps.reset()),
    'GET /__firestore/clock': () => clock.state(),
    'POST /__firestore/clock': async (_url, body) => followClock(clock, await body()),
    'GET /__firestore/triggers': triggerState,
    'POST /__firestore/triggers/settle': async () => ({ settled: await triggers.idle(), ...triggerState() }),
    'POST /__firestore/triggers/chaos': async (_url, body) => {
      const { duplicate, shuffle, seed = 1 } = await body();
      return done(triggers.setChaos({ duplicate: duplicate === true, shuffle: shuffle === true, seed: Number(seed) }));
    },
    'POST /emulator/v1/projects/*/eventarcTrigger': register,
    'PUT /emulator/v1/projects/*/eventarcTrigger': register,
    'DELETE /emulator/v1/projects/*/eventarcTrigger': (url) => ({ removed: triggers.unregister(triggerKey(url)) }),
    'PUT /emulator/v1/projects/*:securityRules': () => ({ issues: [] }),
    'DELETE /emulator/v1/projects/*/databases/*/documents': (url) =>
      done(deps.wipeDocuments(decodeURIComponent(url.pathname.split('/')[6] ?? ''))),
  };
}

function objectOf(parsed: unknown): Body {
  if (typeof parsed !== 'object' || parsed === null) throw invalid('The body is no JSON object.');
  return parsed as Body;
}

function followClock(clock: MovableClock, { nowMs, running }: Body): object {
  if (typeof nowMs !== 'number' || !Number.isSafeInteger(nowMs)) throw invalid('nowMs is no whole number');
  if (typeof running !== 'boolean') throw invalid('running is not true or false');
  clock.follow({ nowMs, running });
  return clock.state();
}
