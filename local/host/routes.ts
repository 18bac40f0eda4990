import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Activity } from './clock/activity.ts';
import { deliverEvent } from './functions/deliver-event.ts';
import { type HostedFunction, triggerKey } from './functions/hosted-function.ts';
import { serveFunction } from './functions/serve.ts';

export interface Surroundings {
  control: RequestListener;
  tasks: RequestListener;
  /** Undefined without hosting. */
  site: RequestListener | undefined;
}

/** Finds the function that a request is for. */
export class FunctionRoutes {
  #projectId: string;
  #functions: readonly HostedFunction[];
  #servers = new Map<HostedFunction, RequestListener>();
  #activity: Activity;

  constructor(deps: { projectId: string; functions: readonly HostedFunction[]; activity: Activity }) {
    this.#projectId = deps.projectId;
    this.#functions = deps.functions;
    this.#activity = deps.activity;
    for (const fn of deps.functions)
      if (fn.kind !== 'firestore') this.#servers.set(fn, this.#counted(serveFunction(fn)));
  }

  /** Where this host serves a function: its direct URL, or that of its trigger. */
  path(fn: HostedFunction): string {
    if (fn.kind === 'firestore') return `/functions/projects/${this.#projectId}/triggers/${triggerKey(fn)}`;
    return `/${this.#projectId}/${fn.regions[0]}/${fn.name}`;
  }

  /** The server of a function, in any region unless one is named. */
  server(name: string, region?: string): RequestListener | undefined {
    const fn = this.#functions.find(
      (candidate) => candidate.name === name && (region === undefined || candidate.regions.includes(region)),
    );
    return fn && this.#servers.get(fn);
  }

  /** Everything that this host answers, by path. */
  listener({ control, tasks, site }: Surroundings): RequestListener {
    return (req, res) => {
      const pathname = pathOf(req);
      appendAddress(req);
      if (pathname.startsWith('/__local/')) control(req, res);
      else if (pathname === '/__/firebase/init.json') webConfig(res, this.#projectId);
      else if (/^(\/v2)?\/projects\/[^/]+\/locations\//.test(pathname)) tasks(req, res);
      else if (pathname.startsWith('/functions/projects/')) this.#trigger(pathname, req, res);
      else if (pathname.startsWith(`/${this.#projectId}/`)) this.#direct(pathname, req, res);
      else if (site) site(req, res);
      else answer(res, 404, `nothing is served at ${pathname}`);
    };
  }

  /** `/project/region/name/rest`: the function sees `/rest`, as under its own address in production. */
  #direct(pathname: string, req: IncomingMessage, res: ServerResponse): void {
    const [, project, region, name = '', ...rest] = pathname.split('/');
    const server = this.server(name, region);
    if (!server) {
      answer(res, 404, `no function ${name} in ${region} of ${project}`);
      return;
    }
    req.url = `/${rest.join('/')}${(req.url ?? '').slice(pathname.length)}`;
    server(req, res);
  }

  /** A Firestore event, or a schedule that is fired by hand as in the official suite. */
  #trigger(pathname: string, req: IncomingMessage, res: ServerResponse): void {
    const [, project, key] = /^\/functions\/projects\/([^/]+)\/triggers\/([\w-]+)$/.exec(pathname) ?? [];
    const fn = this.#functions.find((candidate) => triggerKey(candidate) === key);
    if (project !== this.#projectId || req.method !== 'POST' || fn === undefined) {
      answer(res, 404, `no trigger at ${pathname}`);
      return;
    }
    if (fn.kind === 'firestore') {
      this.#counted((request, response) => void deliverEvent(fn, request, response))(req, res);
      return;
    }
    req.url = '/';
    this.#servers.get(fn)?.(req, res);
  }

  /** Notes the begin and the end of each call, after which Firestore may have news. */
  #counted(serve: RequestListener): RequestListener {
    return (req, res) => {
      this.#activity.invocations++;
      res.once('close', () => this.#activity.invocations++);
      return serve(req, res);
    };
  }
}

/** As Google's front end does: what a caller wrote into the header stays, before the address that was really seen. */
function appendAddress({ headers, socket }: IncomingMessage): void {
  const written = [headers['x-forwarded-for'] ?? []].flat().filter((entry) => entry !== '');
  headers['x-forwarded-for'] = [...written, socket.remoteAddress ?? ''].join(', ');
}

function pathOf(req: IncomingMessage): string {
  return req.url?.split('?', 1)[0] ?? '/';
}

function answer(res: ServerResponse, status: number, message: string): void {
  res.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' });
  res.end(`${message}\n`);
}

/**
 * What Hosting tells a web app about its project, at the address that Hosting reserves for it. `authEmulatorHost` is this
 * host's own addition: where users sign in on this machine.
 */
function webConfig(res: ServerResponse, projectId: string): void {
  const authEmulatorHost = process.env.FIREBASE_AUTH_EMULATOR_HOST;
  const config = { projectId, apiKey: 'local', authDomain: `${projectId}.firebaseapp.com`, authEmulatorHost };
  res.writeHead(200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' }).end(JSON.stringify(config));
}
