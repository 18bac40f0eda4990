import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const START_LIMIT_MS = 30_000;

/** A part of the stack in a process of its own. */
export interface Child<Ready> {
  ready: Ready;
  process: ChildProcess;
  /** Resolves to the exit code, or null when a signal ended it. */
  ended: Promise<number | null>;
  /** Asks it to stop and waits until it has; a process that does not within 5 s is killed. */
  stop(): Promise<void>;
  /** SIGKILL: no chance to tidy up. */
  kill(): Promise<void>;
}

/**
 * Starts a `main.ts` with these options and waits until it says that it is ready. Rejects when it ends before that.
 * `onLine` gets what it writes to its standard output, line by line; without it that goes to ours as it is.
 */
export async function startChild<Ready>(
  main: URL,
  options: object,
  onLine?: (line: string) => void,
): Promise<Child<Ready>> {
  const process_ = fork(main, [JSON.stringify(options)], {
    // A group of its own: Ctrl-C in the terminal reaches the supervisor alone, which stops its children in order.
    detached: true,
    stdio: ['ignore', onLine ? 'pipe' : 'inherit', 'inherit', 'ipc'],
  });
  if (onLine && process_.stdout) createInterface({ input: process_.stdout }).on('line', onLine);
  const ended = once(process_, 'exit').then(([code]) => code as number | null);
  const ready = await new Promise<Ready>((resolve, reject) => {
    const limit = setTimeout(() => reject(new Error(`${main.pathname} was not ready in time`)), START_LIMIT_MS);
    process_.on('message', (message: { ready?: Ready }) => {
      if (message.ready === undefined) return;
      clearTimeout(limit);
      resolve(message.ready);
    });
    ended.then((code) => {
      clearTimeout(limit);
      reject(new Error(`${main.pathname} ended with ${code} before it was ready`));
    });
  });
  return {
    ready,
    process: process_,
    ended,
    async stop() {
      if (process_.exitCode !== null || process_.signalCode !== null) return;
      process_.kill('SIGTERM');
      const limit = setTimeout(() => process_.kill('SIGKILL'), 5_000);
      await ended;
      clearTimeout(limit);
    },
    async kill() {
      process_.kill('SIGKILL');
      await ended;
    },
  };
}
