import { EventEmitter } from 'node:events';
import { parseArgs } from 'node:util';
import { buildFunctions, watchFunctions } from '../scripts/build.ts';
import { MovableClock } from './clock.ts';
import { createPeople, PEOPLE } from './demo/people.ts';
import { startTraffic } from './demo/traffic.ts';
import { readableLogLine } from './stack/log-line.ts';
import { startProcesses } from './stack/processes.ts';
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
const rebuilt = new EventEmitter();
if (values.watch) await watchFunctions(() => rebuilt.emit('built'));
else if (values.build) await buildFunctions();

const portAt = (offset: number) => (port === 0 ? 0 : port + offset);
const stack = await startProcesses({
  ports: { host: portAt(0), firestore: portAt(1), auth: portAt(2), storage: portAt(3), vendors: portAt(4) },
  ...(values.data !== undefined && { dataDir: values.data }),
  onLogLine: (line) => console.log(readableLogLine(line)),
});
await createPeople(stack.authHost, PROJECT_ID);
// In the cloud the sweeper has always run within the last minute.
await fetch(`${stack.url}/__local/schedules/sweepGenerations/run`, { method: 'POST' });

const clock = new MovableClock();
const stopTraffic = values.demo ? startTraffic({ url: stack.url, authHost: stack.authHost, clock }) : undefined;
const row = (name: string, value: string) => `  ${name.padEnd(18)}${value}`;
console.log(
  [
    '',
    `Dailies is up after ${((performance.now() - startedAtMs) / 1_000).toFixed(1)} s. Ctrl-C stops it.`,
    '',
    row('site and API', stack.url),
    row('API description', `${stack.url}/api/v1/openapi.json`),
    row('health', `${stack.url}/api/v1/health`),
    row('control', `${stack.url}/__local/clock`),
    row('inbox', `${stack.url}/__local/inbox`),
    row('Firestore', stack.firestoreHost),
    row('Auth', stack.authHost),
    row('Cloud Storage', stack.storageUrl),
    row('video providers', stack.vendorsUrl),
    '',
    ...PEOPLE.map(({ who, email, password }) => row(who, `${email}  password ${password}`)),
    '',
    row('data', values.data ?? 'in memory only (--data DIR keeps it)'),
    row('demo traffic', values.demo ? 'on (--no-demo leaves it out)' : 'off'),
    '',
  ].join('\n'),
);

let restarting = Promise.resolve();
rebuilt.on('built', () => {
  restarting = restarting
    .then(() => stack.restartHost())
    .then(() => console.log('functions rebuilt, host restarted'))
    // A build that does not load is the developer's to mend; the next one is tried again.
    .catch((error: unknown) => console.error('the rebuilt functions do not start:', error));
});

let stopping = false;
async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  stopTraffic?.();
  clock.stop();
  await stack.stop();
  process.exit(0);
}
process.on('SIGINT', stop);
process.on('SIGTERM', stop);
process.on('SIGHUP', stop);
