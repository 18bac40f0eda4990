import { descriptorOf, METRIC_NAMES, METRIC_PREFIX, type MetricName } from '../../core/monitoring/descriptors.ts';
import { projectId } from '../app.ts';
import { logOf } from '../logs.ts';
import { metricClient } from './client.ts';

const log = logOf('monitoring');

const TIME_LIMIT_MS = 10_000;

/**
 * Tells Cloud Monitoring what our metrics are: what is there is brought up to date. False when one was refused or could not be sent,
 * which is logged. Never rejects. A metric of another kind or type than one of its name that is there is refused for ever: name it anew.
 */
export async function ensureDescriptors(): Promise<boolean> {
  return (await Promise.all(METRIC_NAMES.map(ensure))).every((done) => done);
}

async function ensure(metric: MetricName): Promise<boolean> {
  const { kind, valueType, unit, description, labels } = descriptorOf(metric);
  const metricDescriptor = {
    ...{ type: METRIC_PREFIX + metric, metricKind: kind, valueType, unit, description },
    displayName: `Dailies: ${metric}`,
    labels: Object.entries(labels).map(([key, text]) => ({ key, valueType: 'STRING' as const, description: text })),
  };
  try {
    const client = await metricClient();
    const request = { name: `projects/${projectId()}`, metricDescriptor };
    await client.createMetricDescriptor(request, { timeout: TIME_LIMIT_MS });
    return true;
  } catch (error) {
    // The caller tries again later; points can be written without it.
    log.error('a metric could not be described', error, { metric });
    return false;
  }
}
