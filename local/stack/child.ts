import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const START_LIMIT_MS = 30_000;
const STOP_LIMIT_MS = 5_000;

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

export interface ChildOptions {
  /** Gets what it writes to its standard output, line by line; without it that goes to ours as it is. */
  onLine?: ((line: string) => void) | undefined;
  /** The same for its standard error. */
  onErrorLine?: ((line: string) => void) | undefined;
  /** Gives up the start. */
  signal?: AbortSignal | undefined;
}

/**
 * Starts a `main.ts` with these arguments and waits until it says that it is ready. Rejects when it ends before that, when it
 * takes longer than 30 s, or when `signal` aborts; no process is left then.
 */
export async function startChild<Ready>(
  main: URL,
  argument: object,
  { onLine, onErrorLine, signal }: ChildOptions = {},
): Promise<Child<Ready>> {
  signal?.throwIfAborted();
  const process_ = fork(main, [JSON.stringify(argument)], {
    // A group of its own: Ctrl-C in the terminal reaches the supervisor alone, which stops its children in order.
    detached: true,
    stdio: ['ignore', onLine ? 'pipe' : 'inherit', onErrorLine ? 'pipe' : 'inherit', 'ipc'],
  });
  if (onLine && process_.stdout) createInterface({ input: process_.stdout }).on('line', onLine);
  if (onErrorLine && process_.stderr) createInterface({ input: process_.stderr }).on('line', onErrorLine);
  const ended = once(process_, 'exit').then(([code]) => code as number | null);
  const stop = async () => {
    if (process_.exitCode !== null || process_.signalCode !== null) return;
    process_.kill('SIGTERM');
    const limit = setTimeout(() => process_.kill('SIGKILL'), STOP_LIMIT_MS);
    await ended;
    clearTimeout(limit);
  };
  const kill = async () => {
    process_.kill('SIGKILL');
    await ended;
  };

  const starting = Promise.withResolvers<Ready>();
  const giveUp = () => starting.reject(signal?.reason);
  signal?.addEventListener('abort', giveUp);
  const late = () => starting.reject(new Error(`${main.pathname} was not ready in time`));
  const limit = setTimeout(late, START_LIMIT_MS);
  process_.on('message', (message: { ready?: Ready }) => {
    if (message.ready !== undefined) starting.resolve(message.ready);
  });
  const early = (code: number | null) => new Error(`${main.pathname} ended with ${code} before it was ready`);
  ended.then((code) => starting.reject(early(code)), starting.reject);
  try {
    return { ready: await starting.promise, process: process_, ended, stop, kill };
  } catch (error) {
    await stop();
    throw error;
  } finally {
    clearTimeout(limit);
    signal?.removeEventListener('abort', giveUp);
  }
}
