import express, { type ErrorRequestHandler, type Express, type Request } from 'express';
import type { MovableClock } from '../../clock.ts';
import { GoogleError } from '../google-error.ts';
import type { TaskQueues } from './queues.ts';
import { parseTask, queueJson, taskJson } from './wire.ts';

const LOCATION = '/projects/:project/locations/:location';
const QUEUE = `${LOCATION}/queues/:queue`;
const DEFAULT_PAGE = 1000;
const MAX_BODY = '4mb';

interface ApiDeps {
  queues: TaskQueues;
  clock: MovableClock;
  changed: () => void;
}

/**
 * The Cloud Tasks API: `/v2/…` as @google-cloud/tasks calls it over REST, and the same without `/v2`, as firebase-admin
 * calls an emulator.
 */
export function tasksApi({ queues, clock, changed }: ApiDeps): Express {
  const app = express();
  app.disable('x-powered-by');
  app.use(express.json({ limit: MAX_BODY, type: () => true }));
  const routes = express.Router();
  app.use('/v2', routes);
  app.use(routes);

  routes.get(`${LOCATION}/queues`, (req, res) => {
    const prefix = `projects/${req.params.project}/locations/${req.params.location}/queues/`;
    const found = queues.all().filter(({ name }) => name.startsWith(prefix));
    res.json({ queues: found.map((queue) => queueJson(queue, queues.store.queueState(queue.name))) });
  });

  routes.get(QUEUE, (req, res) => {
    const queue = queues.queue(queueName(req));
    res.json(queueJson(queue, queues.store.queueState(queue.name)));
  });

  routes.post(QUEUE, (req, res) => {
    const [id = '', verb] = req.params.queue.split(':');
    const queue = queues.queue(queueName(req, id));
    if (verb === 'pause') queue.setPaused(true);
    else if (verb === 'resume') queue.setPaused(false);
    else if (verb === 'purge') queues.store.purge(queue.name, clock.now());
    else throw new GoogleError('UNIMPLEMENTED', `queues come with their functions: ${verb ?? 'create'} is not served`);
    changed();
    res.json(queueJson(queue, queues.store.queueState(queue.name)));
  });

  routes.get(`${QUEUE}/tasks`, (req, res) => {
    const { name } = queues.queue(queueName(req));
    const limit = Math.min(Number(req.query.pageSize) || DEFAULT_PAGE, DEFAULT_PAGE);
    const tasks = queues.store.list(name, { afterSequence: Number(req.query.pageToken) || 0, limit });
    const last = tasks.length === limit ? tasks.at(-1) : undefined;
    const full = isFull(req.query.responseView);
    res.json({ tasks: tasks.map((task) => taskJson(task, { full })), nextPageToken: last ? `${last.sequence}` : '' });
  });

  routes.post(`${QUEUE}/tasks`, (req, res) => {
    const { name } = queues.queue(queueName(req));
    const parsed = parseTask(name, req.body?.task, clock.now());
    if (!queues.reaches(parsed.request.url)) {
      throw new GoogleError('INVALID_ARGUMENT', `this stack sends tasks nowhere outside: ${parsed.request.url}`);
    }
    const task = queues.store.create(parsed);
    if (!task) {
      throw new GoogleError(
        'ALREADY_EXISTS',
        `The task cannot be created because its id is or was in use: ${parsed.id}`,
      );
    }
    changed();
    res.json(taskJson(task, { full: isFull(req.body.responseView) }));
  });

  routes.get(`${QUEUE}/tasks/:task`, (req, res) => {
    const { name } = queues.queue(queueName(req));
    const task = queues.store.find(name, req.params.task);
    if (!task) throw new GoogleError('NOT_FOUND', `The task does not exist: ${req.params.task}`);
    res.json(taskJson(task, { full: isFull(req.query.responseView) }));
  });

  routes.delete(`${QUEUE}/tasks/:task`, (req, res) => {
    const { name } = queues.queue(queueName(req));
    const found = queues.store.remove(name, req.params.task, clock.now());
    if (!found) throw new GoogleError('NOT_FOUND', `The task does not exist: ${req.params.task}`);
    changed();
    res.json({});
  });

  routes.use((req) => {
    throw new GoogleError('UNIMPLEMENTED', `${req.method} ${req.path} is not served`);
  });
  app.use(answerError);
  return app;
}

function queueName(req: Request, queue = String(req.params.queue)): string {
  return `projects/${req.params.project}/locations/${req.params.location}/queues/${queue}`;
}

/** google.cloud.tasks.v2.Task.View: FULL is 2. */
function isFull(view: unknown): boolean {
  return view === 'FULL' || view === '2' || view === 2;
}

const answerError: ErrorRequestHandler = (error, _req, res, _next) => {
  const known = error instanceof GoogleError ? error : asGoogleError(error);
  res.status(known.httpStatus).json(known);
};

/** body-parser's errors carry the HTTP status. */
function asGoogleError(error: Error & { status?: number }): GoogleError {
  const callersFault = error.status !== undefined && error.status < 500;
  return new GoogleError(callersFault ? 'INVALID_ARGUMENT' : 'INTERNAL', error.message);
}
