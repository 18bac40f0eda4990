import { onDocumentWritten } from 'firebase-functions/v2/firestore';
import { onRequest } from 'firebase-functions/v2/https';
import { setGlobalOptions } from 'firebase-functions/v2/options';
import { onSchedule } from 'firebase-functions/v2/scheduler';
import { onTaskDispatched } from 'firebase-functions/v2/tasks';
import { ALERT_CHANNELS } from './params.ts';

// Everything heavy is imported inside the functions, on their first call: a cold start pays only for what it runs.
setGlobalOptions({ region: 'us-central1', memory: '512MiB', maxInstances: 20 });

const generation = () => import('./features/generation/index.ts');
const aggregation = () => import('./features/aggregation/index.ts');
const alerting = () => import('./features/alerting/index.ts');
const retryConfig = { maxAttempts: 5, minBackoffSeconds: 5, maxBackoffSeconds: 120, maxDoublings: 4 };

// The HTTP API, behind Hosting under /api.
export const api = onRequest(
  { invoker: 'public', concurrency: 80, timeoutSeconds: 60, secrets: [ALERT_CHANNELS] },
  async (request, response) => (await import('./http/serve.ts')).serve(request, response),
);

// The log as it comes. Hosting would end such an answer after a minute, so this function has its own address.
export const live = onRequest(
  { invoker: 'public', concurrency: 500, timeoutSeconds: 3_600 },
  async (request, response) => (await import('./http/live/serve.ts')).serve(request, response),
);

// A generation's way, one queue a step.
export const dispatchGeneration = onTaskDispatched(
  { retryConfig, rateLimits: { maxConcurrentDispatches: 50, maxDispatchesPerSecond: 20 }, timeoutSeconds: 120 },
  async ({ data }) => (await generation()).runStep('dispatch', data),
);
export const pollGeneration = onTaskDispatched(
  { retryConfig, rateLimits: { maxConcurrentDispatches: 100, maxDispatchesPerSecond: 100 }, timeoutSeconds: 120 },
  async ({ data }) => (await generation()).runStep('poll', data),
);
export const settleGeneration = onTaskDispatched(
  {
    ...{ retryConfig, rateLimits: { maxConcurrentDispatches: 50, maxDispatchesPerSecond: 50 }, timeoutSeconds: 240 },
    // Posters are decoded here: a 4k one needs most of the memory, and one is decoded at a time.
    ...{ memory: '1GiB', concurrency: 8 },
  },
  async ({ data }) => (await generation()).runStep('settle', data),
);

// Finds what no task will come for any more.
export const sweepGenerations = onSchedule({ schedule: 'every 1 minutes', timeoutSeconds: 300 }, async () => {
  await (await generation()).sweep();
});

// Deletes files that nobody needs any more.
export const cleanUpGenerations = onSchedule({ schedule: 'every 10 minutes', timeoutSeconds: 540 }, async () => {
  await (await generation()).cleanUpDue();
});

// Folds the log into the rollups.
export const aggregateEvents = onSchedule(
  { schedule: 'every 1 minutes', timeoutSeconds: 540, memory: '1GiB', maxInstances: 1, concurrency: 1 },
  async () => {
    await (await aggregation()).tick();
  },
);

// Copies the log to BigQuery.
export const projectWarehouse = onSchedule(
  { schedule: 'every 5 minutes', timeoutSeconds: 540, memory: '1GiB', maxInstances: 1, concurrency: 1 },
  async () => {
    await (await import('./features/warehouse/index.ts')).projectWarehouse();
  },
);

// Computes business metrics and insights from the warehouse.
export const computeInsights = onSchedule(
  { schedule: '20 * * * *', timeoutSeconds: 540, maxInstances: 1, concurrency: 1 },
  async () => {
    await (await import('./features/insights/index.ts')).computeInsights();
  },
);

// Compares yesterday and the six days before in BigQuery with the rollups; an hour later again where that could not be.
export const compareWarehouse = onSchedule(
  { schedule: '30 3-8 * * *', timeZone: 'Etc/UTC', timeoutSeconds: 300, maxInstances: 1, concurrency: 1 },
  async () => {
    await (await import('./features/warehouse/index.ts')).compareWarehouse();
  },
);

// Looks at every rule.
export const evaluateAlerts = onSchedule(
  { schedule: 'every 1 minutes', timeoutSeconds: 300, maxInstances: 1, concurrency: 1, secrets: [ALERT_CHANNELS] },
  async () => {
    await (await alerting()).tick();
  },
);

// Tells Cloud Monitoring of the latest minute.
export const exportMonitoring = onSchedule(
  { schedule: 'every 1 minutes', timeoutSeconds: 120, maxInstances: 1, concurrency: 1 },
  async () => {
    await (await import('./features/monitoring/index.ts')).writeMinute();
  },
);

// What alerts lead to: messages that go out, and steps of an escalation.
export const deliverNotification = onTaskDispatched(
  {
    ...{ retryConfig, rateLimits: { maxConcurrentDispatches: 100, maxDispatchesPerSecond: 50 }, timeoutSeconds: 120 },
    secrets: [ALERT_CHANNELS],
  },
  async ({ data }) => (await alerting()).runTask('deliver', data),
);
export const escalateAlert = onTaskDispatched(
  {
    ...{ retryConfig, rateLimits: { maxConcurrentDispatches: 20, maxDispatchesPerSecond: 20 }, timeoutSeconds: 120 },
    secrets: [ALERT_CHANNELS],
  },
  async ({ data }) => (await alerting()).runTask('escalate', data),
);

// Writes exports that are too large for an answer, a part at a time.
export const writeExport = onTaskDispatched(
  { retryConfig, rateLimits: { maxConcurrentDispatches: 4, maxDispatchesPerSecond: 4 }, timeoutSeconds: 540 },
  async ({ data, retryCount }) => (await import('./features/export/index.ts')).writeExport(data, retryCount),
);

// The measured facts of each generation.
export const projectGenerationMetrics = onDocumentWritten(
  { document: 'generations/{generationId}', retry: true },
  async ({ data }) => (await generation()).projectSnapshots(data?.before, data?.after),
);
