import { type ClockState, MovableClock } from '../clock.ts';
import { type CloudOptions, startCloud } from './cloud.ts';
import { runPart } from './part-process.ts';
import type { Neighbourhood } from './project.ts';

/** What this process takes as its one argument, in JSON. */
export type CloudProcessOptions = Omit<CloudOptions, 'clock'> & { clock?: ClockState };

const { clock: reading, ...options }: CloudProcessOptions = JSON.parse(process.argv[2] ?? '{}');

await runPart(async () => {
  const clock = new MovableClock(reading && { startAtMs: reading.nowMs, running: reading.running });
  const { firestore, auth, storage, stop } = await startCloud({ ...options, clock });
  const ready: Omit<Neighbourhood, 'vendorsUrl' | 'bigQueryUrl'> = {
    firestoreHost: firestore.host,
    authHost: auth.host,
    storageUrl: storage.url,
    serviceAccountFile: storage.serviceAccountFile,
  };
  return { ready, stop };
});
