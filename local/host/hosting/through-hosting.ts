import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { limitResponse } from '../functions/time-limit.ts';

/** https://firebase.google.com/docs/hosting/functions: a function behind Hosting has 60 seconds to answer. */
export const HOSTING_LIMIT_MS = 60_000;
const VARY = ['Accept-Encoding', 'Authorization', 'Cookie'];

/** Passes a request to a function as Firebase Hosting does: `__session` is the only cookie, caching is private. */
export function throughHosting(serve: RequestListener, limitMs = HOSTING_LIMIT_MS): RequestListener {
  return (req, res) => {
    forward(req);
    limitResponse(res, limitMs, 'Timed out waiting for function to respond.\n');
    beforeHeaders(res, () => adaptHeaders(res));
    serve(req, res);
  };
}

function forward(req: IncomingMessage): void {
  const { headers } = req;
  headers['x-forwarded-host'] ??= headers.host ?? '';
  headers['x-forwarded-proto'] ??= 'http';
  headers['x-original-url'] = req.url ?? '/';
  const session = headers.cookie?.split(/; */).find((cookie) => cookie.startsWith('__session='));
  if (session === undefined) delete headers.cookie;
  else headers.cookie = session;
}

function adaptHeaders(res: ServerResponse): void {
  if (!res.hasHeader('cache-control')) res.setHeader('Cache-Control', 'private');
  if (!String(res.getHeader('cache-control')).includes('private')) res.removeHeader('set-cookie');
  const given = String(res.getHeader('vary') ?? '').split(/, */);
  const vary = given.filter((name) => name !== '');
  const lacking = VARY.filter((name) => !vary.some((present) => present.toLowerCase() === name.toLowerCase()));
  res.setHeader('Vary', [...vary, ...lacking].join(', '));
}

/** Calls `adapt` when the headers are complete and about to be sent. */
function beforeHeaders(res: ServerResponse, adapt: () => void): void {
  const writeHead = res.writeHead.bind(res);
  res.writeHead = ((status: number, ...rest: unknown[]) => {
    const message = typeof rest[0] === 'string' ? rest[0] : undefined;
    for (const [name, value] of headerEntries(rest.at(-1))) res.setHeader(name, value);
    adapt();
    return message === undefined ? writeHead(status) : writeHead(status, message);
  }) as typeof res.writeHead;
}

/** writeHead takes an object, or a flat list of names and values. */
function headerEntries(headers: unknown): [string, string | string[]][] {
  if (typeof headers !== 'object' || headers === null) return [];
  if (!Array.isArray(headers)) return Object.entries(headers).filter(([, value]) => value !== undefined);
  const entries = new Map<string, string[]>();
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const name = String(headers[i]);
    entries.set(name, [...(entries.get(name) ?? []), String(headers[i + 1])]);
  }
  return [...entries].map(([name, values]) => [name, values.length === 1 ? (values[0] ?? '') : values]);
}
