import { parseArgs } from 'node:util';
import { signIn } from '../local/auth/accounts.ts';

const USAGE = `npm run smoke -- URL [options]
Checks a running system from outside. One line a check; exits with 1 when one fails.

  --token ID_TOKEN                         also check as this signed-in user
  --auth HOST:PORT --email E --password P  the same, signing in at a local Auth emulator
  --generate                               also make one short video: that costs money where the provider is real
  --limit SEC                              how long that may take (default 600)`;

export interface SmokeOptions {
  /** The site, such as `https://example.web.app`. */
  url: string;
  /** A Firebase ID token; without it only what anybody may do is checked. */
  token?: string;
  /** Makes one short video; needs a token. */
  generate?: boolean;
  /** How long the video may take. Default 10 min. */
  limitMs?: number;
  /** How often to look whether it is there. Default 3 s. */
  lookEveryMs?: number;
}

export interface SmokeCheck {
  name: string;
  ok: boolean;
  /** What was seen; where it fails, why. */
  detail: string;
}

const ANSWER_LIMIT_MS = 20_000;
const FOREIGN_ORIGIN = 'https://foreign.invalid';
const ENDED = ['succeeded', 'failed', 'blocked', 'cancelled', 'expired'];

interface Answer {
  status: number;
  headers: Headers;
  body: Record<string, unknown>;
}

type Call = (path: string, init?: RequestInit & { json?: unknown }) => Promise<Answer>;
/** Each resolves to what was seen, and rejects when that is not as expected. */
type Checks = Record<string, () => Promise<string>>;

/** Checks everything asked for, telling each result as it comes. Never rejects: whatever goes wrong is a failed check. */
export async function smoke(options: SmokeOptions, tell: (check: SmokeCheck) => void = () => undefined) {
  const call = callerOf(options.url);
  const { token } = options;
  const checks: Checks = publicChecks(call);
  if (token !== undefined) {
    const callAsUser: Call = (path, init) =>
      call(path, { ...init, headers: { ...init?.headers, Authorization: `Bearer ${token}` } });
    Object.assign(checks, userChecks(callAsUser));
    if (options.generate) checks['makes a video'] = () => makeVideo(callAsUser, options);
  }
  const results: SmokeCheck[] = [];
  for (const [name, run] of Object.entries(checks)) {
    const result = await run().then(
      (detail) => ({ name, ok: true, detail }),
      (error: unknown) => ({ name, ok: false, detail: reasonOf(error) }),
    );
    results.push(result);
    tell(result);
  }
  return results;
}

function publicChecks(call: Call): Checks {
  return {
    health: async () => {
      const { status, body } = await call('/api/v1/health');
      expect(status === 200 && (body.status === 'healthy' || body.status === 'degraded'), { status, body });
      return `${body.status}, version ${body.version}`;
    },
    'API description': async () => {
      const { status, body } = await call('/api/v1/openapi.json');
      const paths = Object.keys((body.paths as object | undefined) ?? {});
      expect(status === 200 && String(body.openapi).startsWith('3.'), { status, openapi: body.openapi });
      expect(paths.includes('/api/v1/generations'), { paths });
      return `OpenAPI ${body.openapi}, ${paths.length} paths`;
    },
    'models need a sign-in': async () => problem(await call('/api/v1/models'), 401),
    'a bad token is refused': async () =>
      problem(await call('/api/v1/models', { headers: { Authorization: 'Bearer not.a.token' } }), 401),
    'an unknown address is a problem with a request id': async () => {
      const answer = await call('/api/v1/no-such-thing');
      const requestId = answer.headers.get('x-request-id');
      expect(requestId !== null && answer.body.requestId === requestId, { requestId, body: answer.body });
      return problem(answer, 404);
    },
    'security headers': async () => {
      const { headers } = await call('/api/v1/health');
      const site = (await call('/')).headers;
      const seen = {
        'x-content-type-options': headers.get('x-content-type-options'),
        'cache-control': headers.get('cache-control'),
        'x-frame-options': site.get('x-frame-options'),
        'referrer-policy': site.get('referrer-policy'),
      };
      expect(seen['x-content-type-options']?.includes('nosniff'), seen);
      expect(/private|no-store/.test(seen['cache-control'] ?? ''), seen);
      expect(seen['x-frame-options'] === 'DENY' && seen['referrer-policy'] !== null, seen);
      return Object.keys(seen).join(', ');
    },
    'other sites cannot read answers': async () => {
      const asked = await call('/api/v1/health', { headers: { Origin: FOREIGN_ORIGIN } });
      const preflight = await call('/api/v1/generations', {
        method: 'OPTIONS',
        headers: { Origin: FOREIGN_ORIGIN, 'Access-Control-Request-Method': 'POST' },
      });
      const allowed = [asked, preflight].map(({ headers }) => headers.get('access-control-allow-origin'));
      expect(!allowed.includes('*') && !allowed.includes(FOREIGN_ORIGIN), { allowed });
      return `${FOREIGN_ORIGIN} is not let in`;
    },
  };
}

function userChecks(call: Call): Checks {
  return {
    models: async () => {
      const { status, body } = await call('/api/v1/models');
      const offered = (body.models as { id: string; offered: boolean }[] | undefined)?.filter((m) => m.offered) ?? [];
      expect(status === 200 && offered.length > 0, { status, body });
      return offered.map(({ id }) => id).join(', ');
    },
    'own generations': async () => {
      const { status, body } = await call('/api/v1/generations?limit=5');
      expect(status === 200 && Array.isArray(body.generations), { status, body });
      return `${(body.generations as object[]).length} on the first page`;
    },
    'an invalid request is a problem that says where': async () => {
      const answer = await call('/api/v1/generations', { method: 'POST', json: { prompt: 7 } });
      expect(Array.isArray(answer.body.errors) && answer.body.errors.length > 0, answer.body);
      return problem(answer, 400);
    },
    'an unknown generation': async () => problem(await call('/api/v1/generations/nosuchgeneration'), 404),
  };
}

/** Asks for the cheapest short video, waits for it and fetches its first bytes. */
async function makeVideo(call: Call, { limitMs = 600_000, lookEveryMs = 3_000 }: SmokeOptions): Promise<string> {
  const startedMs = performance.now();
  const json = { model: 'veo-3.1-lite-generate-001', prompt: 'A paper boat on a pond, calm morning.', durationSec: 4 };
  const asked = await call('/api/v1/generations', { method: 'POST', json });
  expect(asked.status === 202 && typeof asked.body.id === 'string', { status: asked.status, body: asked.body });
  let { body } = asked;
  while (!ENDED.includes(String(body.state))) {
    expect(performance.now() - startedMs < limitMs, { id: body.id, state: body.state, waitedMs: limitMs });
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
    ({ body } = await call(`/api/v1/generations/${asked.body.id}`));
  }
  const [output] = (body.outputs as { url?: string }[] | undefined) ?? [];
  expect(body.state === 'succeeded' && output?.url !== undefined, {
    id: body.id,
    state: body.state,
    error: body.error,
  });
  const video = await fetch(String(output?.url), {
    headers: { Range: 'bytes=0-15' },
    signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
  });
  const bytes = Buffer.from(await video.arrayBuffer());
  expect(video.status === 206 && bytes.toString('latin1', 4, 8) === 'ftyp', {
    status: video.status,
    type: video.headers.get('content-type'),
  });
  return `${body.id} in ${Math.round((performance.now() - startedMs) / 1000)} s, ${video.headers.get('content-range')}`;
}

function callerOf(url: string): Call {
  const base = url.replace(/\/+$/, '');
  return async (path, { json, headers, ...init } = {}) => {
    const answer = await fetch(`${base}${path}`, {
      ...init,
      redirect: 'manual',
      signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
      headers: {
        ...(json !== undefined && { 'Content-Type': 'application/json' }),
        ...(headers as Record<string, string>),
      },
      ...(json !== undefined && { body: JSON.stringify(json) }),
    });
    const text = await answer.text();
    const isJson = answer.headers.get('content-type')?.includes('json') ?? false;
    return { status: answer.status, headers: answer.headers, body: isJson && text !== '' ? JSON.parse(text) : {} };
  };
}

/** Expects an RFC 9457 answer with this status. */
function problem({ status, headers, body }: Answer, expected: number): string {
  const type = headers.get('content-type');
  expect(status === expected && type?.startsWith('application/problem+json') && body.status === expected, {
    expected,
    status,
    type,
    body,
  });
  return `${status} ${body.title}`;
}

class NotAsExpected extends Error {}

function expect(holds: boolean | undefined, seen: object): void {
  if (!holds) throw new NotAsExpected(`got ${JSON.stringify(seen).slice(0, 400)}`);
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}

async function main(): Promise<void> {
  const text = { type: 'string' } as const;
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      ...{ token: text, auth: text, email: text, password: text, limit: { ...text, default: '600' } },
      generate: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const [url] = positionals;
  const { auth, email, password, generate } = values;
  const asUser = values.token !== undefined || (auth !== undefined && email !== undefined && password !== undefined);
  const limitMs = Number(values.limit) * 1000;
  if (values.help || url === undefined || !URL.canParse(url) || !(limitMs > 0) || (generate && !asUser)) {
    console.log(USAGE);
    process.exitCode = values.help ? 0 : 2;
    return;
  }
  const token = values.token ?? (asUser ? (await signIn(auth ?? '', email ?? '', password ?? '')).idToken : undefined);
  const results = await smoke(
    { url, generate, limitMs, ...(token !== undefined && { token }) },
    ({ name, ok, detail }) => console.log(`${ok ? 'ok  ' : 'FAIL'}  ${name}: ${detail}`),
  );
  const failed = results.filter(({ ok }) => !ok).length;
  console.log(`${results.length - failed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

if (import.meta.main) await main();
