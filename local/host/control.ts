import express, {
  type ErrorRequestHandler,
  type Express,
  type Request,
  type RequestHandler,
  type Response,
} from 'express';
import type { MovableClock } from '../clock.ts';
import { NeighbourFailed } from './clock/neighbours.ts';
import type { Moved, Timeline } from './clock/timeline.ts';
import type { HttpClient } from './http-client.ts';
import type { ScheduledJob } from './schedules/scheduled-job.ts';
import type { TaskQueues } from './tasks/queues.ts';
import { taskJson } from './tasks/wire.ts';

const DAY_MS = 86_400_000;
const LISTED_TASKS = 100;
const LOCAL_HOST = /^(127\.0\.0\.1|localhost)(:\d+)?$/i;
const LOCAL_ORIGIN = /^http:\/\/(127\.0\.0\.1|localhost)(:\d+)?$/i;

export interface ControlDeps {
  clock: MovableClock;
  timeline: Timeline;
  queues: TaskQueues;
  jobs: readonly ScheduledJob[];
  http: HttpClient;
  /** Names, kinds and URLs of the functions. */
  functions: readonly object[];
  firestoreHost: string | undefined;
  vendorsUrl: string | undefined;
  inboxUrl: string | undefined;
}

/** A request that cannot be carried out as asked. */
class ControlError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** The control API under `/__local`: the levers that tests and people pull on this stack. Never part of a deployment. */
export function controlApi(deps: ControlDeps): Express {
  const { clock, timeline, queues, jobs } = deps;
  const app = express();
  app.disable('x-powered-by');
  app.use(refuseStrangers);
  app.use(express.text({ type: () => true, limit: '4mb' }));
  const routes = express.Router();
  app.use('/__local', routes);

  const clockState = (moved?: Moved) => {
    const { nowMs, running } = clock.state();
    return { nowMs, now: new Date(nowMs).toISOString(), running, ...(moved && { ran: moved.ran }) };
  };

  routes.get('/clock', (_req, res) => {
    res.json(clockState());
  });
  routes.post('/clock', async (req, res) => {
    const { advanceMs, advanceTo, running } = jsonBody(req);
    let moved: Moved | undefined;
    if (running === false) await timeline.setRunning(false);
    if (advanceMs !== undefined) moved = await timeline.advanceBy(numberField('advanceMs', advanceMs));
    else if (advanceTo !== undefined) moved = await timeline.advanceTo(instantField('advanceTo', advanceTo));
    if (running === true) await timeline.setRunning(true);
    res.json(clockState(moved));
  });

  routes.post('/schedules/:name/run', async (req, res) => {
    const job = jobs.find(({ name }) => name === req.params.name);
    if (!job)
      throw new ControlError(404, `no schedule ${req.params.name}; there are ${jobs.map((j) => j.name).join(', ')}`);
    if (job.running) throw new ControlError(409, `${job.name} is running`);
    const status = await job.runNow();
    res.json({ name: job.name, status, ok: status < 300 });
  });

  routes.get('/tasks', (_req, res) => {
    res.json({ duplicate: queues.chaos.duplicate, queues: queues.all().map((queue) => queueView(queues, queue.name)) });
  });
  routes.post('/tasks/drain', async (req, res) => {
    const { maxAdvanceMs = DAY_MS } = jsonBody(req);
    const moved = await timeline.drain(queues, numberField('maxAdvanceMs', maxAdvanceMs));
    const left = queues.all().reduce((sum, { name }) => sum + queues.store.count(name), 0);
    res.json({ ...clockState(moved), left });
  });
  routes.post('/tasks/chaos', (req, res) => {
    const { duplicate } = jsonBody(req);
    if (typeof duplicate !== 'boolean') throw new ControlError(400, 'duplicate must be true or false');
    queues.setDuplicate(duplicate);
    res.json({ duplicate });
  });

  routes.get('/functions', (_req, res) => {
    res.json({ functions: deps.functions });
  });

  const firestore = deps.firestoreHost && `http://${deps.firestoreHost}/__firestore`;
  for (const path of ['/reset', '/usage/reset', '/triggers/chaos']) {
    routes.post(`/firestore${path}`, (req, res) => forward(deps.http, 'Firestore', firestore, path, req, res));
  }
  routes.get('/firestore/usage', (req, res) => forward(deps.http, 'Firestore', firestore, '/usage', req, res));
  const vendors = deps.vendorsUrl && `${deps.vendorsUrl}/__vendors`;
  for (const method of ['post', 'delete'] as const) {
    routes[method]('/vendors/:vendor/script', (req, res) => {
      const path = `/${encodeURIComponent(String(req.params.vendor))}/script`;
      return forward(deps.http, 'vendors', vendors, path, req, res);
    });
  }
  routes.get('/inbox', (req, res) => {
    return deps.inboxUrl === undefined
      ? forward(deps.http, 'vendors', vendors, '/inbox', req, res)
      : forward(deps.http, 'inbox', deps.inboxUrl, '', req, res);
  });

  routes.use((req) => {
    throw new ControlError(404, `the control API has no ${req.method} ${req.originalUrl}`);
  });
  app.use(answerError);
  return app;
}

/** Any web page can make a browser on this machine call; its Origin, or after DNS rebinding its Host, gives it away. */
const refuseStrangers: RequestHandler = ({ headers: { host, origin } }, _res, next) => {
  if (!LOCAL_HOST.test(host ?? '')) throw new ControlError(403, `the control API is not for the host ${host}`);
  if (origin !== undefined && !LOCAL_ORIGIN.test(origin)) {
    throw new ControlError(403, `the control API is not for pages of ${origin}`);
  }
  next();
};

async function forward(
  http: HttpClient,
  who: string,
  base: string | undefined,
  path: string,
  req: Request,
  res: Response,
) {
  if (base === undefined) throw new ControlError(501, `this stack runs without ${who}`);
  const query = req.originalUrl.slice(req.originalUrl.split('?', 1)[0]?.length);
  const headers = { 'content-type': req.headers['content-type'] ?? 'application/json' };
  const body = typeof req.body === 'string' ? req.body : '';
  const answer = await http
    .send(`${base}${path}${query}`, { method: req.method, headers, body, idempotent: req.method === 'GET' })
    .catch((cause) => {
      throw new NeighbourFailed(`${who}: ${cause.message}`, { cause });
    });
  res.status(answer.status).type('application/json').send(answer.body);
}

function queueView(queues: TaskQueues, name: string): object {
  const queue = queues.queue(name);
  const dueMs = queues.store.nextDueMs(name);
  return {
    name,
    paused: queue.paused,
    inFlight: queue.inFlight,
    depth: queues.store.count(name),
    nextDue: dueMs === undefined ? null : new Date(dueMs).toISOString(),
    tasks: queues.store.list(name, { limit: LISTED_TASKS }).map((task) => taskJson(task, { full: true })),
  };
}

function jsonBody(req: Request): Record<string, unknown> {
  if (typeof req.body !== 'string' || req.body === '') return {};
  try {
    const body: unknown = JSON.parse(req.body);
    if (typeof body === 'object' && body !== null) return { ...body };
  } catch {
    // Answered below, like any other body that is no object.
  }
  throw new ControlError(400, 'the body must be a JSON object');
}

function numberField(name: string, value: unknown): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new ControlError(400, `${name} must be milliseconds`);
  return value;
}

function instantField(name: string, value: unknown): number {
  const ms = typeof value === 'string' ? Date.parse(value) : value;
  if (typeof ms !== 'number' || !Number.isFinite(ms)) throw new ControlError(400, `${name} must be ISO 8601 or ms`);
  return ms;
}

const answerError: ErrorRequestHandler = (error, _req, res, _next) => {
  res.status(statusOf(error)).json({ error: error.message });
};

function statusOf(error: Error & { status?: number }): number {
  if (error instanceof RangeError) return 400;
  if (error instanceof NeighbourFailed) return 502;
  return error.status ?? 500;
}
