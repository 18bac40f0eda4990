import { mkdirSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { MovableClock } from '../clock.ts';
import { followClock, listen, sendJson } from '../storage/http.ts';
import { type AccessCheck, createAccessCheck } from './access.ts';
import { CheckError } from './checked.ts';
import { GoogleError, sendGoogleError } from './google-errors.ts';
import { Monitoring } from './monitoring/monitoring.ts';
import { Inbox } from './notifications/inbox.ts';
import { Notifications } from './notifications/notifications.ts';
import { answerVeoControl } from './veo/control.ts';
import { Jobs } from './veo/jobs.ts';
import { Renderer } from './veo/renderer.ts';
import { Scripts } from './veo/scripts.ts';
import { answerVertex, matchVertex, type VertexParts } from './veo/vertex.ts';

export interface VendorsOptions {
  /** The one Google Cloud project that may call. */
  projectId: string;
  /** Default 0: any free port. */
  port?: number;
  /** Keeps accepted jobs across restarts; without it they are in memory. */
  dataDir?: string;
  /** Paces renders. */
  clock: MovableClock;
  /** Cloud Storage that gets the videos and says which access tokens are good; without it any bearer token will do. */
  storageUrl?: string;
  /** Decides render times. Default 1. */
  seed?: number;
  /** Submits a minute before 429 (Vertex: 50 a project); default without limit. */
  requestsPerMinute?: number;
}

export interface RunningVendors {
  /** Set GOOGLE_VERTEX_BASE_URL (or @google/genai's `httpOptions.baseUrl`) to this. */
  url: string;
  port: number;
  stop(): Promise<void>;
}

/** Starts the stand-ins for other companies' APIs, Veo on Vertex, Cloud Monitoring and those that messages go out through. Rejects when the port is taken. */
export async function startVendors(options: VendorsOptions): Promise<RunningVendors> {
  const { projectId, clock, storageUrl, seed = 1, requestsPerMinute } = options;
  const db = openDatabase(options.dataDir);
  const jobs = new Jobs(db);
  const renderer = new Renderer(jobs, clock, storageUrl);
  const checkAccess = createAccessCheck(storageUrl);
  const parts: Parts = {
    projectId,
    clock,
    seed,
    ...(requestsPerMinute !== undefined && { requestsPerMinute }),
    jobs,
    scripts: new Scripts(),
    renderer,
    checkAccess,
    monitoring: new Monitoring(clock, checkAccess),
    notifications: new Notifications(new Inbox(db), clock),
  };
  const server = await listen((request, response) => void answer(request, response, parts), options.port);
  return {
    url: server.url,
    port: server.port,
    stop: async () => {
      await server.stop();
      await renderer.stop();
      db.close();
    },
  };
}

type Parts = VertexParts & { checkAccess: AccessCheck; notifications: Notifications; monitoring: Monitoring };

function openDatabase(dataDir: string | undefined): DatabaseSync {
  if (dataDir === undefined) return new DatabaseSync(':memory:');
  mkdirSync(dataDir, { recursive: true });
  const db = new DatabaseSync(join(dataDir, 'vendors.sqlite'));
  // Survives the end of the process, which is what is promised here; the end of the machine is not.
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
  return db;
}

async function answer(request: IncomingMessage, response: ServerResponse, parts: Parts): Promise<void> {
  try {
    await route(request, response, parts);
  } catch (error) {
    if (response.headersSent || response.destroyed) response.destroy();
    else if (error instanceof GoogleError) sendGoogleError(response, error);
    else if (error instanceof CheckError || error instanceof SyntaxError) {
      sendGoogleError(response, new GoogleError(400, error.message));
    } else sendGoogleError(response, new GoogleError(500, String(error)));
  } finally {
    // What a refusal left unread must not be taken for the connection's next request.
    if (!request.complete) request.resume();
  }
}

async function route(request: IncomingMessage, response: ServerResponse, parts: Parts): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://vendors.invalid');
  const call = matchVertex(url.pathname);
  if (call && request.method === 'POST') {
    await parts.checkAccess(request);
    return answerVertex(request, response, call, parts);
  }
  if (await answerVeoControl(request, response, url, parts)) return;
  if (request.method === 'POST' && url.pathname === '/__clock') {
    await followClock(request, parts.clock);
    await parts.renderer.settled();
    return sendJson(response, 200, parts.clock.state());
  }
  if (await parts.monitoring.answer(request, response, url)) return;
  if (await parts.notifications.answer(request, response, url)) return;
  throw new GoogleError(404, `The local vendors do not know ${request.method} ${url.pathname}.`);
}
