import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { PROJECT_ID } from '../stack/project.ts';

const STOP_LIMIT_MS = 20_000;
const EMULATORS = 'auth,functions,firestore,hosting,tasks,eventarc';
const QUIET_START = {
  // Without it the suite looks for a newer version of itself and for news.
  CI: '1',
  // Nothing here is a machine in Google's cloud, and asking costs seconds.
  METADATA_SERVER_DETECTION: 'none',
  // The functions are discovered through a file; through a port it takes seconds longer.
  FIREBASE_FUNCTIONS_DISCOVERY_OUTPUT_PATH: 'true',
};

export interface SuiteOptions {
  /** A project folder made by `writeProjectFolder`. */
  dir: string;
  /** A shell command to run beside it and end with; without it the suite runs until it is stopped. */
  command?: string;
  env?: Record<string, string>;
  /** Gets what the suite writes, line by line or in larger pieces; without it that goes to ours as it is. */
  onOutput?: (text: string) => void;
}

/** The official suite under way. */
export interface Suite {
  /** Resolves to its exit code, which is that of the command; null when a signal ended it. */
  ended: Promise<number | null>;
  /** Asks it to stop and waits until it and all that it started have ended; what has not within 20 s is killed. */
  stop(): Promise<void>;
}

/** Starts the Firebase CLI's own emulators. */
export function startSuite({ dir, command, env = {}, onOutput }: SuiteOptions): Suite {
  const cli = createRequire(import.meta.url).resolve('firebase-tools/lib/bin/firebase.js');
  const verb = command === undefined ? ['emulators:start'] : ['emulators:exec', command];
  const process_ = spawn(process.execPath, [cli, ...verb, '--only', EMULATORS, '--project', PROJECT_ID], {
    cwd: dir,
    // Leader of a group: what it leaves behind can be found and ended.
    detached: true,
    stdio: ['ignore', onOutput ? 'pipe' : 'inherit', onOutput ? 'pipe' : 'inherit'],
    env: { ...process.env, ...QUIET_START, ...env },
  });
  for (const stream of [process_.stdout, process_.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => onOutput?.(text));
  }
  const ended = once(process_, 'exit').then(([code]) => {
    endGroup(process_);
    return code as number | null;
  });
  return {
    ended,
    stop: async () => {
      if (process_.exitCode === null && process_.signalCode === null) process_.kill('SIGINT');
      const limit = setTimeout(() => endGroup(process_), STOP_LIMIT_MS);
      await ended;
      clearTimeout(limit);
    },
  };
}

/** Kills whatever is left of the suite's process group. */
function endGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    // Nothing is left, which is the rule.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
