import type { MetricServiceClient } from '@google-cloud/monitoring';
import { MONITORING_BASE_URL } from '../../params.ts';
import { perApp, projectId } from '../app.ts';

/** What every client of Cloud Monitoring is made with: over HTTP, at Google's own address or the one that is set. */
export function clientOptions() {
  const baseUrl = MONITORING_BASE_URL.value();
  const options = { fallback: true as const, projectId: projectId() };
  if (!baseUrl) return options;
  const { protocol, hostname, port } = new URL(baseUrl);
  const secure = protocol === 'https:';
  return {
    ...options,
    ...{ apiEndpoint: hostname, port: Number(port || (secure ? 443 : 80)), protocol: secure ? 'https' : 'http' },
  };
}

/** The client for metrics, loaded on first use. It does not repeat a write by itself. */
export const metricClient: () => Promise<MetricServiceClient> = perApp(async () => {
  const { MetricServiceClient } = await import('@google-cloud/monitoring');
  return new MetricServiceClient(clientOptions());
});
