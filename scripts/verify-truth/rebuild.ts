import { deleteApp } from 'firebase-admin/app';
import { rebuildRollups } from '../../functions/src/features/aggregation/index.ts';
import { app } from '../../functions/src/platform/app.ts';
import { firestore } from '../../functions/src/platform/firestore.ts';
import { PROJECT_ID } from '../../local/stack/project.ts';
import type { Period } from './answers.ts';
import { REPORTING_ZONES, type System } from './system.ts';

const CLOCK = Symbol.for('dailies.clock');

/** Deletes every rollup and computes those of a period anew from the log, as `npm run rollups:rebuild` does. Answers what went wrong. */
export async function rebuildAfterLoss(system: System, { firstMs, lastMs }: Period): Promise<string[]> {
  const nowMs = await system.nowMs();
  const ours: Record<string, string> = {
    FIRESTORE_EMULATOR_HOST: system.stack.firestoreHost,
    GCLOUD_PROJECT: PROJECT_ID,
    METADATA_SERVER_DETECTION: 'none',
    REPORTING_TIME_ZONES: REPORTING_ZONES.join(),
  };
  const before = Object.keys(ours).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, ours);
  Object.assign(globalThis, { [CLOCK]: () => nowMs });
  try {
    const rollups = firestore().collection('system_performance_metrics');
    const lost = (await rollups.count().get()).data().count;
    await firestore().recursiveDelete(rollups);
    const { documents } = await rebuildRollups(dayOf(firstMs), dayOf(lastMs));
    return lost > 0 && documents > 0 ? [] : [`${lost} rollup documents deleted, ${documents} rebuilt`];
  } finally {
    await deleteApp(app());
    Reflect.deleteProperty(globalThis, CLOCK);
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}

const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10);
