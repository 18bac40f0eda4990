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
export const sweepGenerations = onSchedule('every 1 minutes', nothing);
export const projectGenerationMetrics = onDocumentWritten('generations/{generationId}', nothing);
