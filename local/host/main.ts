import { MovableClock } from '../clock.ts';
import { runPart } from '../stack/part-process.ts';
import { type HostOptions, startHost } from './index.ts';

/** What `main.ts` takes as its one argument, in JSON. */
export interface HostProcessOptions extends Omit<HostOptions, 'clock' | 'onWarning'> {
  /** Where the clock stands at first (default: real time), and whether it runs (default: true). */
  clock?: { startAtMs?: number; running?: boolean };
}

const { clock: clockOptions, ...options }: HostProcessOptions = JSON.parse(process.argv[2] ?? '{}');

await runPart(async () => {
  const { url, port, functions, stop } = await startHost({ ...options, clock: new MovableClock(clockOptions) });
  return { ready: { url, port, functions }, stop };
});

// In the cloud this ends one instance, and the next request starts another; here it must not end the whole stack.
process.on('uncaughtException', (error) => console.error(error));
