import { EventEmitter } from 'node:events';
import { parseArgs } from 'node:util';
import { buildFunctions, watchFunctions } from '../scripts/build.ts';
import { MovableClock } from './clock.ts';
import { reportCustomers } from './demo/customers.ts';
import { raiseLimits } from './demo/limits.ts';
import { createPeople, PEOPLE } from './demo/people.ts';
import { startTraffic } from './demo/traffic.ts';
import { readableLogLine } from './stack/log-line.ts';
import { type Processes, startProcesses } from './stack/processes.ts';
import { PROJECT_ID } from './stack/project.ts';

const USAGE = `npm start -- [options]
  --data DIR     keep everything in DIR across restarts (default: nothing is kept)
  --no-demo      no demo traffic
  --port N       port of the site (default 5000); the other servers take the ports after it
  --no-build     take the functions as they were built last
  --watch        rebuild the functions and restart their host when a source file changes`;

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    demo: { type: 'boolean', default: true },
    port: { type: 'string', default: '5000' },
    build: { type: 'boolean', default: true },
    watch: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
  allowNegative: true,
});
const port = Number(values.port);
if (values.help || !Number.isInteger(port) || port < 0 || port > 65_000) {
  console.log(USAGE);
  process.exit(values.help ? 0 : 2);
}

const startedAtMs = performance.now();
const leaving = new AbortController();
const rebuilt = new EventEmitter();
const clock = new MovableClock();
let starting: Promise<Processes> | undefined;
let restarting = Promise.resolve();
let stopTraffic: (() => void) | undefined;

/** Stops what has started so far, even if the start is not over yet, and ends this process. */
async function leave(exitCode: number): Promise<void> {
  if (leaving.signal.aborted) return;
  leaving.abort();
  stopTraffic?.();
  clock.stop();
  await restarting;
  // A start that failed or was given up has stopped its parts itself.
  await (await starting?.catch(() => undefined))?.stop();
  process.exit(exitCode);
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => leave(0));

async function start(): Promise<void> {
  if (values.watch) await watchFunctions(() => rebuilt.emit('built'));
  else if (values.build) await buildFunctions();
  leaving.signal.throwIfAborted();

  const portAt = (offset: number) => (port === 0 ? 0 : port + offset);
  starting = startProcesses({
    ports: {
      ...{ host: portAt(0), firestore: portAt(1), auth: portAt(2), storage: portAt(3), vendors: portAt(4) },
      bigquery: portAt(5),
    },
    ...(values.data !== undefined && { dataDir: values.data }),
    // What alerts say leads here. A port that the system chooses is not known before the functions have started.
    env: { CLOUD_MONITORING: 'true', ...(port > 0 && { PUBLIC_URL: `http://127.0.0.1:${port}` }) },
    onLogLine: (line) => console.log(readableLogLine(line)),
    onPartEnded(name, code) {
      console.error(`${name} ended unexpectedly, ${code === null ? 'by a signal' : `with exit code ${code}`}`);
      leave(1);
    },
    signal: leaving.signal,
  });
  const stack = await starting;
  await createPeople(stack.authHost, PROJECT_ID);
  // In the cloud the sweeper has always run within the last minute.
  await fetch(`${stack.url}/__local/schedules/sweepGenerations/run`, { method: 'POST' });
  leaving.signal.throwIfAborted();

  if (values.demo) {
    await raiseLimits(stack.url, stack.authHost);
    await reportCustomers(stack.url, stack.authHost, clock.now());
    stopTraffic = startTraffic({ url: stack.url, authHost: stack.authHost, clock });
  }
  rebuilt.on('built', () => {
    restarting = restarting
      .then(() => stack.restartHost())
      .then(() => console.log('functions rebuilt, host restarted'))
      .catch((error: unknown) => {
        // A build that does not load is the developer's to mend; the next one is tried again.
        if (!leaving.signal.aborted) console.error('the rebuilt functions do not start:', error);
      });
  });
  greet(stack);
}

const row = (name: string, value: string) => `  ${name.padEnd(18)}${value}`;

function greet(stack: Processes): void {
  console.log(
    [
      '',
      `Dailies is up after ${((performance.now() - startedAtMs) / 1_000).toFixed(1)} s. Ctrl-C stops it.`,
      '',
      row('site and API', stack.url),
      row('API description', `${stack.url}/api/v1/openapi.json`),
      row('health', `${stack.url}/api/v1/health`),
      row('live events', `${stack.url}/${PROJECT_ID}/us-central1/live/api/v1/live`),
      row('control', `${stack.url}/__local/clock`),
      row('inbox', `${stack.vendorsUrl}/__vendors/inbox.html`),
      row('Firestore', stack.firestoreHost),
      row('Auth', stack.authHost),
      row('Cloud Storage', stack.storageUrl),
      row('video providers', stack.vendorsUrl),
      row('BigQuery', stack.bigQueryUrl ?? 'none'),
      '',
      ...PEOPLE.map(({ who, email, password }) => row(who, `${email}  password ${password}`)),
      '',
      row('data', values.data ?? 'in memory only (--data DIR keeps it)'),
      row('demo traffic', values.demo ? 'on (--no-demo leaves it out)' : 'off'),
      '',
    ].join('\n'),
  );
}

try {
  await start();
} catch (error) {
  // What was given up fails for that reason alone, and `leave` ends this process.
  if (!leaving.signal.aborted) console.error(error);
  await leave(1);
}
