import { invalid } from '../errors.ts';
import { isEventType, type TriggerRegistration } from '../triggers/index.ts';

/** Reads the body with which firebase-tools registers a 2nd gen trigger. Throws INVALID_ARGUMENT. */
export function parseRegistration(key: string, body: Record<string, unknown>): TriggerRegistration {
  const { eventType, database = '(default)', namespace = '(default)', functionsHost, retry = false } = body;
  const document = body.document as { value?: unknown; matchType?: unknown } | undefined;
  const { value, matchType = 'PATH_PATTERN' } = document ?? {};
  if (key === '') throw invalid('eventarcTriggerId is missing');
  if (typeof eventType !== 'string' || !isEventType(eventType)) throw invalid(`Unknown eventType: ${eventType}`);
  if (typeof value !== 'string' || value === '') throw invalid('document.value is missing');
  if (matchType !== 'PATH_PATTERN' && matchType !== 'EXACT') throw invalid(`Unknown document.matchType: ${matchType}`);
  if (typeof database !== 'string' || typeof namespace !== 'string') throw invalid('database or namespace is no text');
  if (typeof retry !== 'boolean') throw invalid('retry is not true or false');
  if (functionsHost !== undefined && typeof functionsHost !== 'string') throw invalid('functionsHost is no text');
  const own = functionsHost === undefined ? {} : { functionsHost };
  return { key, eventType, database, namespace, document: { value, matchType }, retry, ...own };
}
