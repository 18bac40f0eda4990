import { type App, deleteApp, initializeApp } from 'firebase-admin/app';
import { getStorage } from 'firebase-admin/storage';
import { MovableClock } from '../../clock.ts';
import { type RunningStorage, startStorage } from '../../storage/server.ts';

export const PROJECT_ID = 'demo-storage';
export const BUCKET = 'demo-storage.firebasestorage.app';
export const OTHER_BUCKET = 'demo-archive';

type Bucket = ReturnType<ReturnType<typeof getStorage>['bucket']>;

/** A storage server on a clock that stands still, and an unmodified firebase-admin pointed at it by environment alone. */
export interface Started {
  clock: MovableClock;
  server: RunningStorage;
  bucket: Bucket;
  otherBucket: Bucket;
  stop(): Promise<void>;
}

export async function startWithClient({
  dataDir,
  clock = new MovableClock({ running: false }),
}: {
  dataDir?: string;
  clock?: MovableClock;
} = {}): Promise<Started> {
  const buckets = [BUCKET, OTHER_BUCKET];
  const server = await startStorage({ projectId: PROJECT_ID, buckets, clock, ...(dataDir && { dataDir }) });
  const restore = setEnvironment({
    STORAGE_EMULATOR_HOST: server.url,
    GOOGLE_APPLICATION_CREDENTIALS: server.serviceAccountFile,
  });
  const app: App = initializeApp({ projectId: PROJECT_ID, storageBucket: BUCKET }, server.url);
  return {
    clock,
    server,
    bucket: getStorage(app).bucket(),
    otherBucket: getStorage(app).bucket(OTHER_BUCKET),
    stop: async () => {
      await deleteApp(app);
      await server.stop();
      clock.stop();
      restore();
    },
  };
}

/** Sets environment variables; the function returned puts back what was there. */
export function setEnvironment(values: Record<string, string>): () => void {
  const before = Object.keys(values).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, values);
  return () => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  };
}
