import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startBeside } from '../../local/emulators/beside.ts';
import { writeProjectFolder } from '../../local/emulators/folder.ts';
import { javaOnPath } from '../../local/emulators/java-on-path.ts';
import { emulatorsSection, freePorts } from '../../local/emulators/ports.ts';
import { startSuite } from '../../local/emulators/suite.ts';
import type { Place } from './place.ts';
import type { Outcome } from './step.ts';

const PLAY = fileURLToPath(new URL('play.ts', import.meta.url));

/**
 * Plays the scenario under the official suite, with the local Firestore in the place of its own, and without the network.
 * Rejects when the suite does not start or does not end well; nothing that it started is left then.
 */
export async function playOfficial(onOutput: (text: string) => void, signal: AbortSignal): Promise<Outcome[]> {
  const dir = await mkdtemp(join(tmpdir(), 'dailies-emulators-'));
  await using started = new AsyncDisposableStack();
  started.defer(() => rm(dir, { recursive: true, force: true, maxRetries: 5 }));
  const beside = await startBeside();
  started.defer(() => beside.stop());
  const ports = await freePorts();
  await writeProjectFolder(dir, {
    emulators: emulatorsSection(ports),
    env: beside.env,
    secrets: beside.secrets,
    live: false,
  });
  const at = (port: number) => `http://127.0.0.1:${port}`;
  const place: Place = {
    ...{ site: at(ports.hosting), functions: at(ports.functions), vendors: beside.vendorsUrl },
    authHost: `127.0.0.1:${ports.auth}`,
  };
  const outcomesFile = join(dir, 'outcomes.json');
  signal.throwIfAborted();
  const suite = startSuite({
    ...{ dir, command: '"$DAILIES_NODE" "$DAILIES_PLAY"', onOutput },
    env: {
      ...(await javaOnPath(dir)),
      ...{ npm_config_offline: 'true', XDG_CONFIG_HOME: dir },
      ...{ DAILIES_NODE: process.execPath, DAILIES_PLAY: PLAY },
      ...{ DAILIES_PLACE: JSON.stringify(place), DAILIES_OUTCOMES: outcomesFile },
    },
  });
  started.defer(() => suite.stop());
  const stopping = () => void suite.stop();
  signal.addEventListener('abort', stopping);
  started.defer(() => signal.removeEventListener('abort', stopping));
  const code = await suite.ended;
  signal.throwIfAborted();
  if (code !== 0) throw new Error(`the official suite ended with ${code}`);
  return JSON.parse(await readFile(outcomesFile, 'utf8'));
}
