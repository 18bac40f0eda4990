import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type RunningBigQuery, startBigQuery } from '../bigquery/index.ts';
import { MovableClock } from '../clock.ts';
import { type Host, startHost } from '../host/index.ts';
import { type RunningVendors, startVendors } from '../vendors/server.ts';
import { type Cloud, startCloud } from './cloud.ts';
import { endFirebaseApps } from './firebase-apps.ts';
import { FIREBASE_JSON, FUNCTIONS_DIR, functionsEnv, PROJECT_ID } from './project.ts';
import { migrateLocally } from './warehouse.ts';

const STOP_GRACE_MS = 3_000;

export interface StackOptions {
  /** Where the clock stands at first, in ms since the epoch (default: real time). */
  startAtMs?: number;
  /** False: time stands still until it is moved. Default true. */
  running?: boolean;
  dataDir?: string;
  /** True: with a BigQuery that has the warehouse's tables and views, and no rows. Without it the functions have no warehouse. */
  warehouse?: boolean;
  /** Params and anything else for the functions' environment. */
  env?: Record<string, string>;
}

/** The whole system in this process, on free ports. */
export interface Stack {
  /** The web site and API. */
  url: string;
  clock: MovableClock;
  host: Host;
  cloud: Cloud;
  vendors: RunningVendors;
  /** Only where it was asked for. */
  bigQuery: RunningBigQuery | undefined;
  stop(): Promise<void>;
}

/**
 * Starts everything. There can be one stack in a process, because the functions share `process.env`. Rejects when a part
 * cannot start; nothing is left running then.
 */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const { dataDir, env = {}, warehouse = false, ...clockOptions } = options;
  const kept = (name: string) => (dataDir === undefined ? {} : { dataDir: join(dataDir, name) });
  await using started = new AsyncDisposableStack();
  const clock = started.adopt(new MovableClock(clockOptions), (moved) => moved.stop());
  const cloud = await startCloud({ clock, ...(dataDir !== undefined && { dataDir }) });
  started.defer(() => cloud.stop());
  const vendors = await startVendors({
    ...{ projectId: PROJECT_ID, clock, storageUrl: cloud.storage.url },
    ...kept('vendors'),
  });
  started.defer(() => vendors.stop());
  const bigQuery = warehouse ? await startBigQuery({ projectId: PROJECT_ID, clock, ...kept('bigquery') }) : undefined;
  if (bigQuery) {
    started.defer(() => bigQuery.stop());
    await migrateLocally(bigQuery.url);
  }
  // A straggler of an earlier stack may have made an app since that stack's end.
  await endFirebaseApps();
  started.defer(endFirebaseApps);
  const neighbourhood = {
    authHost: cloud.auth.host,
    firestoreHost: cloud.firestore.host,
    storageUrl: cloud.storage.url,
    serviceAccountFile: cloud.storage.serviceAccountFile,
    vendorsUrl: vendors.url,
    bigQueryUrl: bigQuery?.url,
  };
  const host = await startHost({
    ...{ projectId: PROJECT_ID, functionsDir: FUNCTIONS_DIR, firebaseJson: FIREBASE_JSON, clock },
    ...{ firestoreHost: cloud.firestore.host, vendorsUrl: vendors.url },
    // A point a minute would be most of what a test does that lets hours pass.
    env: { ...functionsEnv(neighbourhood), CLOUD_MONITORING: 'false', ...env },
    ...kept('host'),
  });
  started.defer(() => host.stop());
  started.defer(() => settled(host));
  const running = started.move();
  return { url: host.url, clock, host, cloud, vendors, bigQuery, stop: () => running.disposeAsync() };
}

/** Lets the functions that are running end, as an instance in the cloud gets some time for; then they are left behind. */
async function settled(host: Host): Promise<void> {
  // What fails on the way was about to be stopped.
  const quiet = host.settle().catch(() => undefined);
  await Promise.race([quiet, sleep(STOP_GRACE_MS, undefined, { ref: false })]);
}
