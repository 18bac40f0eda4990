import { type RetryConfig, SCHEDULE_RETRY_DEFAULTS, TASK_RETRY_DEFAULTS } from '../tasks/backoff.ts';
import { RATE_LIMIT_DEFAULTS } from '../tasks/token-bucket.ts';
import type { EventHandler, HostedFunction, HttpHandler } from './hosted-function.ts';
import { type Endpoint, exportedFunction, type LoadedFunctions } from './load.ts';

const DEFAULT_REGION = 'us-central1';
const DEFAULT_TIMEOUT_SECONDS = 60;
const FIRESTORE_EVENT = 'google.cloud.firestore.document.v1.';

/**
 * Turns the manifest into the functions that this host serves, with params resolved, so the environment must be set.
 * `unserved` lists what it cannot serve (other event sources, blocking functions).
 */
export function describeFunctions(loaded: LoadedFunctions): { functions: HostedFunction[]; unserved: string[] } {
  const functions: HostedFunction[] = [];
  const unserved: string[] = [];
  for (const [name, endpoint] of Object.entries(loaded.stack.endpoints)) {
    const hosted = describe(name, endpoint, exportedFunction(loaded.exports, endpoint.entryPoint));
    if (hosted) functions.push(hosted);
    else unserved.push(name);
  }
  return { functions, unserved };
}

function describe(name: string, endpoint: Endpoint, exported: unknown): HostedFunction | undefined {
  const common = {
    name,
    regions: regionsOf(endpoint.region),
    timeoutMs: numberOf(endpoint.timeoutSeconds, DEFAULT_TIMEOUT_SECONDS) * 1000,
  };
  const handler = exported as HttpHandler;
  const { taskQueueTrigger: queue, scheduleTrigger: schedule, eventTrigger: event } = endpoint;
  if (endpoint.httpsTrigger) return { ...common, kind: 'https', handler };
  if (endpoint.callableTrigger) return { ...common, kind: 'callable', handler };
  if (queue) {
    const { maxConcurrentDispatches, maxDispatchesPerSecond } = queue.rateLimits ?? {};
    const rateLimits = {
      maxConcurrentDispatches: numberOf(maxConcurrentDispatches, RATE_LIMIT_DEFAULTS.maxConcurrentDispatches),
      maxDispatchesPerSecond: numberOf(maxDispatchesPerSecond, RATE_LIMIT_DEFAULTS.maxDispatchesPerSecond),
    };
    const attempts = numberOf(queue.retryConfig?.maxAttempts, TASK_RETRY_DEFAULTS.maxAttempts);
    const retry = retryOf(queue.retryConfig, attempts, TASK_RETRY_DEFAULTS);
    return { ...common, kind: 'taskQueue', handler, retry, rateLimits };
  }
  if (schedule) {
    const attempts = 1 + numberOf(schedule.retryConfig?.retryCount, SCHEDULE_RETRY_DEFAULTS.maxAttempts - 1);
    return {
      ...common,
      kind: 'schedule',
      handler,
      schedule: textOf(schedule.schedule, ''),
      timeZone: textOf(schedule.timeZone, 'UTC'),
      retry: retryOf(schedule.retryConfig, attempts, SCHEDULE_RETRY_DEFAULTS),
    };
  }
  if (!event?.eventType.startsWith(FIRESTORE_EVENT) || endpoint.platform !== 'gcfv2') return undefined;
  const exact = event.eventFilters?.document;
  return {
    ...common,
    kind: 'firestore',
    handler: exported as EventHandler,
    eventType: event.eventType,
    database: textOf(event.eventFilters?.database, '(default)'),
    namespace: textOf(event.eventFilters?.namespace, '(default)'),
    document:
      exact === undefined
        ? { value: textOf(event.eventFilterPathPatterns?.document, ''), matchType: 'PATH_PATTERN' }
        : { value: textOf(exact, ''), matchType: 'EXACT' },
    retry: plain(event.retry) === true,
  };
}

function retryOf(given: Record<string, unknown> | undefined, maxAttempts: number, fallback: RetryConfig): RetryConfig {
  return {
    maxAttempts,
    maxRetryMs: numberOf(given?.maxRetrySeconds, fallback.maxRetryMs / 1000) * 1000,
    minBackoffMs: numberOf(given?.minBackoffSeconds, fallback.minBackoffMs / 1000) * 1000,
    maxBackoffMs: numberOf(given?.maxBackoffSeconds, fallback.maxBackoffMs / 1000) * 1000,
    maxDoublings: numberOf(given?.maxDoublings, fallback.maxDoublings),
  };
}

/** A param's value, or undefined for null and for the SDK's RESET_VALUE, which mean the platform's default. */
function plain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value ?? undefined;
  return 'value' in value && typeof value.value === 'function' ? value.value() : undefined;
}

function numberOf(value: unknown, fallback: number): number {
  const known = plain(value);
  return typeof known === 'number' ? known : fallback;
}

function textOf(value: unknown, fallback: string): string {
  const known = plain(value);
  return typeof known === 'string' && known !== '' ? known : fallback;
}

function regionsOf(value: unknown): string[] {
  const known = plain(value);
  const regions = (Array.isArray(known) ? known : [known]).map((region) => textOf(region, DEFAULT_REGION));
  return regions.length > 0 ? regions : [DEFAULT_REGION];
}
