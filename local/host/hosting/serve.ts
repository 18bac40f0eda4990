import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { matchesGlob } from 'node:path/posix';
import type { HostingConfig, Rewrite } from './config.ts';
import { rewriteTarget } from './config.ts';
import { throughHosting } from './through-hosting.ts';

type Next = (error?: unknown) => void;
type Middleware = (req: IncomingMessage, res: ServerResponse, next: Next) => void;
type FileProvider = (req: IncomingMessage, pathname: string) => Promise<object | null>;

const MAX_FILE_NAME_BYTES = 255;

const require = createRequire(import.meta.url);
/** superstatic is what the official suite serves Hosting with; it comes with firebase-tools. */
const superstatic: (options: object) => Middleware = require('superstatic').default;
const fileProvider: (config: object) => FileProvider = require('superstatic/lib/providers/fs');

export interface HostingDeps {
  config: HostingConfig;
  /** The folder of firebase.json. */
  cwd: string;
  /** The server of a function, in a region when one is named. */
  functionServer: (name: string, region: string | undefined) => RequestListener | undefined;
}

/** Serves static files, redirects, rewrites and headers of one Hosting site. Throws when a rewrite leads nowhere. */
export function serveHosting({ config, cwd, functionServer }: HostingDeps): RequestListener {
  const servers = new Map<string, RequestListener>();
  for (const rewrite of config.rewrites ?? []) {
    const target = rewriteTarget(rewrite);
    if (target === undefined) continue;
    const server = functionServer(target.name, target.region);
    if (!server) throw new Error(`hosting rewrite to a function that is not in the build: ${target.name}`);
    servers.set(JSON.stringify(target), throughHosting(server));
  }
  const files = fileProvider({ ...config, cwd });
  const provider: FileProvider = async (req, pathname) => {
    const cannotExist = pathname.split('/').some((part) => Buffer.byteLength(part) > MAX_FILE_NAME_BYTES);
    return cannotExist || isIgnored(config, pathname) ? null : files(req, pathname);
  };
  const toFunction = async (rewrite: Rewrite) => servers.get(JSON.stringify(rewriteTarget(rewrite)));
  const site = superstatic({ config, cwd, provider, stack: 'strict', rewriters: { function: toFunction } });
  return (req, res) => {
    if (isDecodable(req.url ?? '/')) site(req, res, (error) => notFound(res, error));
    else plain(res, 400, 'Bad Request');
  };
}

/** superstatic never answers a path that it cannot decode. */
function isDecodable(url: string): boolean {
  try {
    decodeURI(url);
    return true;
  } catch {
    // What decodeURI refuses is the answer.
    return false;
  }
}

function isIgnored({ ignore = [] }: HostingConfig, pathname: string): boolean {
  const path = pathname.replace(/^\/+/, '');
  return ignore.some((glob) => matchesGlob(path, glob));
}

function notFound(res: ServerResponse, error: unknown): void {
  if (error === undefined) {
    plain(res, 404, 'Not Found');
    return;
  }
  console.error(error);
  plain(res, 500, 'Internal Server Error');
}

function plain(res: ServerResponse, status: number, message: string): void {
  res.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' });
  res.end(`${message}\n`);
}
