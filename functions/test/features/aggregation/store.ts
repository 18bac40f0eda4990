import { MovableClock } from '../../../../local/clock.ts';
import { startFirestore } from '../../../../local/firestore/index.ts';
import { endFirebaseApps } from '../../../../local/stack/firebase-apps.ts';
import { INDEXES_FILE, PROJECT_ID } from '../../../../local/stack/project.ts';
import { capturedLogs } from '../../stack/harness.ts';

const CLOCK = Symbol.for('dailies.clock');

/** A Firestore of its own that this process uses, with these params; aggregation runs in this process, at the time told. */
export async function startStore(nowMs: () => number, params: Record<string, string>) {
  const logs = capturedLogs();
  await endFirebaseApps();
  const firestore = await startFirestore({
    ...{ projectId: PROJECT_ID, clock: new MovableClock(), indexesFile: INDEXES_FILE },
  });
  const ours = {
    ...{ FIRESTORE_EMULATOR_HOST: firestore.host, GCLOUD_PROJECT: PROJECT_ID, METADATA_SERVER_DETECTION: 'none' },
    ...params,
  };
  const before = Object.keys(ours).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, ours);
  Object.assign(globalThis, { [CLOCK]: nowMs });
  return {
    ...{ firestore, logs },
    async stop() {
      Reflect.deleteProperty(globalThis, CLOCK);
      await endFirebaseApps();
      for (const [name, value] of before) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
      await firestore.stop();
      logs.restore();
    },
  };
}
