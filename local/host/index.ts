import { mkdirSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import type { MovableClock } from '../clock.ts';
import { Activity } from './clock/activity.ts';
import { Neighbours } from './clock/neighbours.ts';
import { type Moved, Timeline } from './clock/timeline.ts';
import { controlApi } from './control.ts';
import { Environment } from './functions/environment.ts';
import { prepareFunctions } from './functions/prepare.ts';
import { registerTriggers } from './functions/register-triggers.ts';
import { readHosting } from './hosting/config.ts';
import { serveHosting } from './hosting/serve.ts';
import { HttpClient } from './http-client.ts';
import { FunctionRoutes } from './routes.ts';
import { ScheduledJob } from './schedules/scheduled-job.ts';
import { tasksApi } from './tasks/api.ts';
import { TaskQueues } from './tasks/queues.ts';

export type { Moved } from './clock/timeline.ts';

/** The functions read the time through `globalThis[CLOCK]`, a function that answers milliseconds since the epoch. */
export const CLOCK = Symbol.for('dailies.clock');

const KEEP_ALIVE_MS = 120_000;

export interface HostOptions {
  projectId: string;
  /** The built functions: a folder whose package.json names the bundle. */
  functionsDir: string;
  /** Path of firebase.json; without it there is no hosting. */
  firebaseJson?: string;
  /** 0, the default, takes a free one. */
  port?: number;
  /** Keeps tasks across restarts; without it they live in memory. */
  dataDir?: string;
  clock: MovableClock;
  /** Put into process.env before the functions are loaded; wins over `.env` files. */
  env?: Record<string, string>;
  /** `host:port` of the Firestore server. */
  firestoreHost?: string;
  /** Base URLs of other processes that live by this clock: told by `POST {base}/__clock`. */
  clockPeers?: string[];
  vendorsUrl?: string;
  /** The inbox, when it is not the vendors' own `/__vendors/inbox`. */
  inboxUrl?: string;
  /** Where one line of warning goes; standard error by default. */
  onWarning?: (message: string) => void;
}

export interface Host {
  url: string;
  port: number;
  /** Names of the functions served. */
  functions: string[];
  /** Moves the clock, running what falls due on the way. Throws RangeError when that is in the past. */
  advanceTo(ms: number): Promise<Moved>;
  advanceBy(ms: number): Promise<Moved>;
  /** Runs what is due now, and whatever that causes, to its end. */
  settle(): Promise<Moved>;
  setRunning(running: boolean): Promise<void>;
  /** Runs a schedule once, now; answers its HTTP status. */
  runSchedule(name: string): Promise<number>;
  /** Runs all tasks, moving the clock to each next one, at most `maxAdvanceMs` on (default 24 h). */
  drainTasks(maxAdvanceMs?: number): Promise<Moved>;
  stop(): Promise<void>;
}

/**
 * Serves built functions as Google would. There can be one host in a process, because functions share `process.env`.
 * Throws when the functions cannot be loaded, a param has no value, or a neighbour is not there.
 */
export async function startHost(options: HostOptions): Promise<Host> {
  const { projectId, clock, firestoreHost, clockPeers = [], onWarning: warn = console.warn } = options;
  const functionsDir = resolve(options.functionsDir);
  const http = new HttpClient();
  const environment = new Environment();
  const activity = new Activity();
  const timeline = new Timeline({ clock, activity, neighbours: new Neighbours({ http, firestoreHost, clockPeers }) });
  const changed = () => timeline.changed();

  let listener: RequestListener = (_req, res) => res.writeHead(503).end('starting\n');
  const server = createServer((req, res) => listener(req, res));
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  await new Promise<void>((done, failed) => {
    server.once('error', failed);
    server.listen(options.port ?? 0, '127.0.0.1', done);
  });
  const { port } = server.address() as AddressInfo;
  const functionsHost = `127.0.0.1:${port}`;
  const url = `http://${functionsHost}`;
  const closing: (() => void)[] = [() => http.close(), () => environment.restore()];
  const stop = async () => {
    timeline.stop();
    for (const close of closing.splice(0)) close();
    const closed = new Promise((done) => server.close(done));
    server.closeAllConnections();
    await closed;
  };

  try {
    const clocked = globalThis as { [CLOCK]?: () => number };
    clocked[CLOCK] = () => clock.now();
    closing.push(() => delete clocked[CLOCK]);
    const { env = {} } = options;
    const functions = await prepareFunctions({
      functionsDir,
      projectId,
      env,
      environment,
      functionsHost,
      firestoreHost,
      warn,
    });

    const routes = new FunctionRoutes({ projectId, functions, activity });
    if (options.dataDir !== undefined) mkdirSync(options.dataDir, { recursive: true });
    const queues = new TaskQueues({
      projectId,
      functions: functions.filter((fn) => fn.kind === 'taskQueue'),
      storePath: options.dataDir === undefined ? ':memory:' : join(options.dataDir, 'tasks.sqlite'),
      clock,
      activity,
      http,
      hostUrl: url,
      changed,
      warn,
    });
    closing.unshift(() => queues.stop());
    closing.push(() => queues.close());
    const jobs = functions
      .filter((fn) => fn.kind === 'schedule')
      .map((fn) => new ScheduledJob({ fn, url: `${url}${routes.path(fn)}`, clock, activity, http, changed, warn }));
    closing.unshift(...jobs.map((job) => () => job.stop()));

    const hosting = options.firebaseJson === undefined ? undefined : readHosting(resolve(options.firebaseJson));
    const site = hosting && serveHosting({ ...hosting, functionServer: (name, region) => routes.server(name, region) });
    const { vendorsUrl, inboxUrl } = options;
    const described = functions.map((fn) => ({ name: fn.name, kind: fn.kind, url: `${url}${routes.path(fn)}` }));
    const control = controlApi({
      clock,
      timeline,
      queues,
      jobs,
      http,
      functions: described,
      firestoreHost,
      vendorsUrl,
      inboxUrl,
    });
    listener = routes.listener({ control, tasks: tasksApi({ queues, clock, changed }), site });

    const triggers = functions.filter((fn) => fn.kind === 'firestore');
    await timeline.start([...jobs, queues]);
    if (firestoreHost !== undefined) {
      await registerTriggers(triggers, { http, projectId, firestoreHost, functionsHost });
    }

    return {
      url,
      port,
      functions: functions.map(({ name }) => name),
      advanceTo: (ms) => timeline.advanceTo(ms),
      advanceBy: (ms) => timeline.advanceBy(ms),
      settle: () => timeline.settle(),
      setRunning: async (running) => void (await timeline.setRunning(running)),
      async runSchedule(name) {
        const job = jobs.find((candidate) => candidate.name === name);
        if (!job) throw new Error(`no schedule ${name}`);
        return job.runNow();
      },
      drainTasks: (maxAdvanceMs = 86_400_000) => timeline.drain(queues, maxAdvanceMs),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
