import assert from 'node:assert/strict';
import { ensureDescriptors } from '../../functions/src/platform/monitoring/index.ts';
import { type MonitoringPlace, startMonitoringPlace } from '../../functions/test/features/monitoring/place.ts';
import { MovableClock } from '../../local/clock.ts';
import { endFirebaseApps } from '../../local/stack/firebase-apps.ts';
import { type MonitoringFile, monitoringFiles } from '../monitoring/files.ts';

/** The files of dashboards/monitoring, and a Cloud Monitoring for them. */
export interface Monitored {
  files: MonitoringFile[];
  place: MonitoringPlace;
  /** As it is when the functions have run once: it has the descriptors, and nothing else. */
  reset(): Promise<void>;
  stop(): Promise<void>;
}

export async function startMonitored(): Promise<Monitored> {
  await endFirebaseApps();
  const clock = new MovableClock();
  const place = await startMonitoringPlace(clock);
  return {
    files: await monitoringFiles(),
    place,
    async reset() {
      await place.reset();
      assert.equal(await ensureDescriptors(), true);
    },
    async stop() {
      await place.stop();
      await endFirebaseApps();
      clock.stop();
    },
  };
}
