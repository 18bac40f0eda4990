import { onDocumentWritten } from 'firebase-functions/v2/firestore';
import { onRequest } from 'firebase-functions/v2/https';
import { setGlobalOptions } from 'firebase-functions/v2/options';
import { onSchedule } from 'firebase-functions/v2/scheduler';
import { onTaskDispatched } from 'firebase-functions/v2/tasks';

// The same triggers as functions/src/index.ts, doing nothing: what loading them costs at least.
setGlobalOptions({ region: 'us-central1' });

const nothing = async () => undefined;

export const api = onRequest((_request, response) => void response.end());
export const live = onRequest((_request, response) => void response.end());
export const dispatchGeneration = onTaskDispatched(nothing);
export const pollGeneration = onTaskDispatched(nothing);
export const settleGeneration = onTaskDispatched(nothing);
export const writeExport = onTaskDispatched(nothing);
export const deliverNotification = onTaskDispatched(nothing);
export const escalateAlert = onTaskDispatched(nothing);
export const evaluateAlerts = onSchedule('every 1 minutes', nothing);
export const exportMonitoring = onSchedule('every 1 minutes', nothing);
export const compareWarehouse = onSchedule('30 3-8 * * *', nothing);
export const projectWarehouse = onSchedule('every 5 minutes', nothing);
export const computeInsights = onSchedule('20 * * * *', nothing);
export const sweepGenerations = onSchedule('every 1 minutes', nothing);
export const projectGenerationMetrics = onDocumentWritten('generations/{generationId}', nothing);
