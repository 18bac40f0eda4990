import { heartbeatPoint } from '../../core/monitoring/point.ts';
import { ALERT_WATCHDOG_URL, CLOUD_MONITORING } from '../../params.ts';
import { now } from '../../platform/clock.ts';
import { logOf } from '../../platform/logs.ts';
import { writePoints } from '../../platform/monitoring/index.ts';

const log = logOf('alerting.heartbeat');

const TIME_LIMIT_MS = 5_000;

/**
 * Tells an outside watchdog and Cloud Monitoring that evaluation works: they call somebody when this stops. `rules`: how many were
 * looked at. Never rejects, takes 5 s at most.
 */
export async function heartbeat(rules: number): Promise<void> {
  await Promise.all([tellWatchdog(), tellMonitoring(rules)]);
}

async function tellWatchdog(): Promise<void> {
  const url = ALERT_WATCHDOG_URL.value();
  if (!url) return;
  try {
    const { status, body } = await fetch(url, { method: 'POST', signal: AbortSignal.timeout(TIME_LIMIT_MS) });
    await body?.cancel();
    if (status >= 400) log.warn('the watchdog refused', { status });
  } catch (error) {
    // The evaluation is done; that the watchdog cannot be reached is for the watchdog to notice.
    log.error('the watchdog cannot be reached', error instanceof Error ? error.name : 'unknown');
  }
}

async function tellMonitoring(rules: number): Promise<void> {
  if (!CLOUD_MONITORING.value()) return;
  await writePoints([heartbeatPoint(rules, now().getTime())], TIME_LIMIT_MS);
}
