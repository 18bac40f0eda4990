import type { HttpClient } from '../http-client.ts';
import { type FirestoreFunction, triggerKey } from './hosted-function.ts';

export interface TriggerHome {
  http: HttpClient;
  projectId: string;
  /** `host:port` of the Firestore server. */
  firestoreHost: string;
  /** `host:port` under which Firestore reaches this host. */
  functionsHost: string;
}

/**
 * Registers Firestore functions with the Firestore server as the official suite does. `functionsHost` and `retry` are
 * additions that the local Firestore reads. Throws when one is refused.
 */
export async function registerTriggers(functions: readonly FirestoreFunction[], home: TriggerHome): Promise<void> {
  const { http, projectId, firestoreHost, functionsHost } = home;
  const base = `http://${firestoreHost}/emulator/v1/projects/${projectId}/eventarcTrigger`;
  for (const fn of functions) {
    const { eventType, database, namespace, document, retry } = fn;
    const url = `${base}?eventarcTriggerId=${encodeURIComponent(triggerKey(fn))}`;
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ eventType, database, namespace, document, functionsHost, retry });
    const answer = await http.send(url, { method: 'POST', headers, body });
    if (answer.status >= 300) throw new Error(`Firestore refused the trigger ${fn.name}: ${answer.body}`);
  }
}
