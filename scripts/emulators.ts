import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startBeside } from '../local/emulators/beside.ts';
import { writeProjectFolder } from '../local/emulators/folder.ts';
import { portsIn } from '../local/emulators/ports.ts';
import { startSuite } from '../local/emulators/suite.ts';
import { FIREBASE_JSON } from '../local/stack/project.ts';
import { installedJava, javaTrouble } from './emulators/java-version.ts';

const USAGE = `npm run emulators
Runs the functions under the official Firebase emulators, Firestore included, on the ports that firebase.json names, until
Ctrl-C. It needs Java 21; the first time it downloads Google's Firestore emulator. Nothing is kept and nothing is seeded.`;
/** The tasks emulator does not wait between polls, so a long render would be asked about without a pause. */
const RENDER_MS = 2_000;

if (parseArgs({ options: { help: { type: 'boolean' } } }).values.help) {
  console.log(USAGE);
  process.exit(0);
}
const trouble = javaTrouble(await installedJava());
if (trouble !== undefined) {
  console.error(trouble);
  process.exit(1);
}

const leaving = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => leaving.abort());
process.exit(await run());

/** Runs the suite to its end and answers its exit code; nothing that was started is left then. */
async function run(): Promise<number> {
  await using started = new AsyncDisposableStack();
  const dir = await mkdtemp(join(tmpdir(), 'dailies-emulators-'));
  started.defer(() => rm(dir, { recursive: true, force: true, maxRetries: 5 }));
  const beside = await startBeside();
  started.defer(() => beside.stop());
  const body = JSON.stringify([{ renderMs: RENDER_MS }]);
  await fetch(`${beside.vendorsUrl}/__vendors/veo/script`, { method: 'POST', body });
  const { emulators } = JSON.parse(await readFile(FIREBASE_JSON, 'utf8'));
  await writeProjectFolder(dir, { emulators, env: beside.env, secrets: beside.secrets, live: true });
  if (leaving.signal.aborted) return 0;
  const suite = startSuite({ dir });
  leaving.signal.addEventListener('abort', () => void suite.stop());
  const ports = portsIn(emulators);
  console.log(
    [
      `site and API      http://127.0.0.1:${ports.hosting}`,
      `functions         http://127.0.0.1:${ports.functions}`,
      `Firestore         127.0.0.1:${ports.firestore}`,
      `Auth              127.0.0.1:${ports.auth}`,
      `Cloud Storage     ${beside.storageUrl}`,
      `video providers   ${beside.vendorsUrl}`,
      '',
    ].join('\n'),
  );
  const code = await suite.ended;
  return leaving.signal.aborted ? 0 : (code ?? 1);
}
