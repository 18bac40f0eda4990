import { ALERT_WATCHDOG_URL } from '../../params.ts';
import { logOf } from '../../platform/logs.ts';

const log = logOf('alerting.heartbeat');

const TIME_LIMIT_MS = 5_000;

/** Tells an outside watchdog that evaluation works: it calls somebody when this stops. Never rejects, takes 5 s at most. */
export async function heartbeat(): Promise<void> {
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
