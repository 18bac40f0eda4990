import { once } from 'node:events';
import { setInterval } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { MovableClock } from '../clock.ts';
import { startFirestore } from '../firestore/index.ts';
import { INDEXES_FILE } from '../stack/project.ts';

/** The version of Java that firebase-tools 15 asks for. */
const JAVA_VERSION = 21;
const PARENT_LOOK_MS = 500;

// firebase-tools runs this instead of Java, first to learn the version, then to get a Firestore emulator.
const args = process.argv.slice(2);
if (args.includes('-version')) console.error(`openjdk version "${JAVA_VERSION}.0.0"`);
else await serveFirestore();

async function serveFirestore(): Promise<void> {
  const { values } = parseArgs({
    args: args.filter((arg) => arg.startsWith('--') || !arg.startsWith('-')),
    options: {
      host: { type: 'string', default: '127.0.0.1' },
      port: { type: 'string', default: '8080' },
      project_id: { type: 'string', default: '' },
      functions_emulator: { type: 'string' },
    },
    // The JVM's own options, the path of the jar, and what only the original knows.
    strict: false,
    allowPositionals: true,
  });
  const { host, port, project_id: projectId, functions_emulator: functionsHost } = values;
  if (host !== '127.0.0.1') throw new Error(`the local Firestore listens on 127.0.0.1, not on ${host}`);
  const clock = new MovableClock();
  const firestore = await startFirestore({
    ...{ projectId: String(projectId), clock, indexesFile: INDEXES_FILE, port: Number(port) },
  });
  if (typeof functionsHost === 'string') firestore.setFunctionsHost(functionsHost);
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM'), parentGone()]);
  await firestore.stop();
  clock.stop();
  process.exit(0);
}

/** firebase-tools gives this process a group of its own, so nobody else ends it when firebase-tools is killed. */
async function parentGone(): Promise<void> {
  const parent = process.ppid;
  for await (const _ of setInterval(PARENT_LOOK_MS)) if (process.ppid !== parent) return;
}
