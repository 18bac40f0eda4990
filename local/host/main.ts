import { MovableClock } from '../clock.ts';
import { type Host, type HostOptions, startHost } from './index.ts';

/** What `main.ts` takes as its one argument, in JSON. */
export interface HostProcessOptions extends Omit<HostOptions, 'clock' | 'onWarning'> {
  /** Where the clock stands at first (default: real time), and whether it runs (default: true). */
  clock?: { startAtMs?: number; running?: boolean };
}

const { clock: clockOptions, ...options }: HostProcessOptions = JSON.parse(process.argv[2] ?? '{}');
const clock = new MovableClock(clockOptions);
let host: Host | undefined;

async function stop(): Promise<void> {
  await host?.stop();
  clock.stop();
  // The functions may hold sockets and timers of their own.
  process.exit(0);
}

process.once('SIGTERM', () => void stop());
process.once('SIGINT', () => void stop());
process.once('disconnect', () => void stop());

host = await startHost({ ...options, clock });
process.send?.({ ready: { url: host.url, port: host.port, functions: host.functions } });

// In the cloud this ends one instance, and the next request starts another; here it must not end the whole stack.
process.on('uncaughtException', (error) => console.error(error));
