import { join } from 'node:path';
import { type RunningAuth, startAuth } from '../auth/server.ts';
import type { MovableClock } from '../clock.ts';
import { type RunningFirestore, startFirestore } from '../firestore/index.ts';
import { type RunningStorage, startStorage } from '../storage/server.ts';
import { BUCKET, INDEXES_FILE, PROJECT_ID } from './project.ts';

export interface CloudOptions {
  clock: MovableClock;
  /** Keeps everything across restarts; without it nothing is kept. */
  dataDir?: string;
  ports?: { firestore?: number; auth?: number; storage?: number };
}

/** Firestore, Auth and Cloud Storage: what Google keeps, and what outlives any function. */
export interface Cloud {
  firestore: RunningFirestore;
  auth: RunningAuth;
  storage: RunningStorage;
  stop(): Promise<void>;
}

/** Starts them. Rejects when one cannot start, such as for a taken port; nothing is left running then. */
export async function startCloud({ clock, dataDir, ports = {} }: CloudOptions): Promise<Cloud> {
  const kept = (name: string) => (dataDir === undefined ? {} : { dataDir: join(dataDir, name) });
  await using started = new AsyncDisposableStack();
  const firestore = await startFirestore({
    ...{ projectId: PROJECT_ID, clock, indexesFile: INDEXES_FILE, port: ports.firestore ?? 0 },
    ...kept('firestore'),
  });
  started.defer(() => firestore.stop());
  const auth = await startAuth({ projectId: PROJECT_ID, port: ports.auth ?? 0, ...kept('auth') });
  started.defer(() => auth.stop());
  const storage = await startStorage({
    ...{ projectId: PROJECT_ID, buckets: [BUCKET], clock, port: ports.storage ?? 0 },
    ...kept('storage'),
  });
  started.defer(() => storage.stop());
  const running = started.move();
  return { firestore, auth, storage, stop: () => running.disposeAsync() };
}
