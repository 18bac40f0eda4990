import { startProcesses } from '../../local/stack/processes.ts';
import { play } from './scenario.ts';
import type { Outcome } from './step.ts';

/** Ahead of the real time, because links to videos are valid from the later of the two clocks. */
const AHEAD_MS = 3_600_000;

/** Plays the scenario in the local stack, whose clock only moves while a step waits. */
export async function playOurs(onLine: (line: string) => void, signal: AbortSignal): Promise<Outcome[]> {
  const nowMs = Date.now() + AHEAD_MS;
  const stack = await startProcesses({
    ...{ clock: { nowMs, running: false }, onLogLine: onLine, onErrorLine: onLine, signal },
  });
  let stopping: Promise<void> | undefined;
  const stop = () => {
    stopping ??= stack.stop();
    return stopping;
  };
  signal.addEventListener('abort', stop);
  try {
    return await play({
      ...{ site: stack.url, functions: stack.url, authHost: stack.authHost, vendors: stack.vendorsUrl },
      clock: `${stack.url}/__local/clock`,
    });
  } finally {
    signal.removeEventListener('abort', stop);
    await stop();
  }
}
