import { type ClockState, MovableClock } from '../clock.ts';
import { runPart } from '../stack/part-process.ts';
import { startVendors, type VendorsOptions } from './server.ts';

/** Options of this process, as JSON in its one argument: those of startVendors, and the clock's reading to start from. */
export type VendorsProcessOptions = Omit<VendorsOptions, 'clock'> & { clock?: ClockState };

const { clock: reading, ...options }: VendorsProcessOptions = JSON.parse(process.argv[2] ?? '{}');
if (!options.projectId)
  throw new Error('usage: main.ts \'{"projectId": "demo-…", "storageUrl": "http://127.0.0.1:…"}\'');

await runPart(async () => {
  const clock = new MovableClock(reading && { startAtMs: reading.nowMs, running: reading.running });
  const { url, stop } = await startVendors({ ...options, clock });
  return { ready: { url }, stop };
});
