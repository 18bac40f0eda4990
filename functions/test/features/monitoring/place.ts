import type { MovableClock } from '../../../../local/clock.ts';
import { PROJECT_ID } from '../../../../local/stack/project.ts';
import { startStorage } from '../../../../local/storage/server.ts';
import { startVendors } from '../../../../local/vendors/server.ts';

/** A series as the stand-in for Cloud Monitoring lists it. */
export interface WrittenSeries {
  metric: string;
  labels: Record<string, string>;
  metricKind: string;
  points: { startTime?: string; endTime: string; value: WrittenValue }[];
}
interface WrittenValue {
  int64Value?: number;
  doubleValue?: number;
  distributionValue?: { count: number; mean: number; bucketCounts: number[] };
}

/** The stand-in for Cloud Monitoring, and what this process's environment must say so that the client finds it. */
export interface MonitoringPlace {
  url: string;
  series(): Promise<WrittenSeries[]>;
  /** Such as `queue/tasks 12:03:00Z`: every point, without what its metric begins with. */
  points(): Promise<string[]>;
  script(rule: object): Promise<void>;
  /** Forgets what was written and all faults. */
  reset(): Promise<void>;
  stop(): Promise<void>;
}

export async function startMonitoringPlace(clock: MovableClock): Promise<MonitoringPlace> {
  const storage = await startStorage({ projectId: PROJECT_ID, buckets: [], clock });
  // Any token will do here; the client gets one from the storage all the same.
  const vendors = await startVendors({ projectId: PROJECT_ID, clock });
  const env: Record<string, string> = {
    ...{ CLOUD_MONITORING: 'true', MONITORING_BASE_URL: vendors.url, GCLOUD_PROJECT: PROJECT_ID },
    ...{ GOOGLE_APPLICATION_CREDENTIALS: storage.serviceAccountFile, METADATA_SERVER_DETECTION: 'none' },
  };
  const before = Object.keys(env).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, env);
  const at = `${vendors.url}/__vendors/monitoring`;
  const series = async () => ((await (await fetch(at)).json()) as { series: WrittenSeries[] }).series;
  return {
    url: vendors.url,
    series,
    async points() {
      const all = (await series()).flatMap(({ metric, labels, points }) =>
        points.map(
          ({ endTime }) => `${metric.replace(/.*dailies\//, '')} ${Object.values(labels)} ${endTime.slice(11, 19)}`,
        ),
      );
      return all.sort();
    },
    async script(rule) {
      const { ok } = await fetch(`${at}/script`, { method: 'POST', body: JSON.stringify(rule) });
      if (!ok) throw new Error('the script was refused');
    },
    async reset() {
      for (const path of [at, `${at}/script`]) await fetch(path, { method: 'DELETE' });
    },
    async stop() {
      for (const [name, value] of before) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
      await vendors.stop();
      await storage.stop();
    },
  };
}
