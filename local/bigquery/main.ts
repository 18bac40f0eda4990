import { type ClockState, MovableClock } from '../clock.ts';
import { runPart } from '../stack/part-process.ts';
import { type BigQueryOptions, startBigQuery } from './index.ts';

/** Options of this process, as JSON in its one argument: those of startBigQuery, and the clock's reading to start from. */
export type BigQueryProcessOptions = Omit<BigQueryOptions, 'clock'> & { clock?: ClockState };

const { clock: reading, ...options }: BigQueryProcessOptions = JSON.parse(process.argv[2] ?? '{}');
if (!options.projectId) throw new Error('usage: main.ts \'{"projectId": "demo-…", "dataDir": "…"}\'');

await runPart(async () => {
  const clock = new MovableClock(reading && { startAtMs: reading.nowMs, running: reading.running });
  const { url, stop } = await startBigQuery({ ...options, clock });
  return { ready: { url }, stop };
});
