import { MovableClock } from '../clock.ts';
import { BUCKET, PROJECT_ID } from '../stack/project.ts';
import { startStorage } from '../storage/server.ts';
import { localChannels } from '../vendors/notifications/accounts.ts';
import { startVendors } from '../vendors/server.ts';

/** What the official suite has no emulator for, or none that signs links: vendors, Cloud Monitoring and Cloud Storage. */
export interface Beside {
  storageUrl: string;
  vendorsUrl: string;
  /** For the functions: where these are. */
  env: Record<string, string>;
  secrets: Record<string, string>;
  stop(): Promise<void>;
}

/** Starts the stand-ins that run beside the official suite, in real time. Rejects when one cannot start. */
export async function startBeside(): Promise<Beside> {
  await using started = new AsyncDisposableStack();
  const clock = started.adopt(new MovableClock(), (real) => real.stop());
  const storage = await startStorage({ projectId: PROJECT_ID, buckets: [BUCKET], clock });
  started.defer(() => storage.stop());
  const vendors = await startVendors({ projectId: PROJECT_ID, clock, storageUrl: storage.url });
  started.defer(() => vendors.stop());
  const running = started.move();
  return {
    storageUrl: storage.url,
    vendorsUrl: vendors.url,
    env: {
      STORAGE_EMULATOR_HOST: storage.url,
      GOOGLE_APPLICATION_CREDENTIALS: storage.serviceAccountFile,
      VERTEX_BASE_URL: vendors.url,
      MONITORING_BASE_URL: vendors.url,
      VIDEO_BUCKET: BUCKET,
      WEBHOOK_ALLOW_PRIVATE: 'true',
    },
    secrets: { ALERT_CHANNELS: JSON.stringify(localChannels(vendors.url)) },
    stop: () => running.disposeAsync(),
  };
}
