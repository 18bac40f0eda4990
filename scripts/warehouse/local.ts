import { MovableClock } from '../../local/clock.ts';
import { PROJECT_ID } from '../../local/stack/project.ts';
import { startStorage } from '../../local/storage/server.ts';
import { localBigQueryUrl } from './connect.ts';

/**
 * Does `work` so that this process's Google clients find the BigQuery that is meant: for a local system with an account of this
 * process's own, since its BigQuery takes any.
 */
export async function withLocalWarehouse<T>(
  { local, port }: { local?: boolean | undefined; port?: string | undefined },
  work: () => Promise<T>,
): Promise<T> {
  if (!local) return work();
  const clock = new MovableClock();
  const account = await startStorage({ projectId: PROJECT_ID, buckets: [], clock });
  try {
    process.env.GOOGLE_APPLICATION_CREDENTIALS ??= account.serviceAccountFile;
    process.env.BIGQUERY_BASE_URL ??= localBigQueryUrl(port);
    return await work();
  } finally {
    await account.stop();
    clock.stop();
  }
}
