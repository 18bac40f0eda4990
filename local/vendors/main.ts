import { type ClockState, MovableClock } from '../clock.ts';
import { startVendors, type VendorsOptions } from './server.ts';

/** Options of this process, as JSON in its one argument: those of startVendors, and the clock's reading to start from. */
export type VendorsProcessOptions = Omit<VendorsOptions, 'clock'> & { clock?: ClockState };

const { clock: reading, ...options }: VendorsProcessOptions = JSON.parse(process.argv[2] ?? '{}');
if (!options.projectId)
  throw new Error('usage: main.ts \'{"projectId": "demo-…", "storageUrl": "http://127.0.0.1:…"}\'');

const clock = new MovableClock(reading && { startAtMs: reading.nowMs, running: reading.running });
const vendors = await startVendors({ ...options, clock });

let stopping = false;
async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  await vendors.stop();
  clock.stop();
  if (process.connected) process.disconnect();
}
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, stop);
process.on('disconnect', stop);
process.send?.({ ready: { url: vendors.url } });
