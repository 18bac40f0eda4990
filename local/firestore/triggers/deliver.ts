import { type Agent, request } from 'node:http';
import type { StoredEvent } from './outbox.ts';

/**
 * How a delivery ended: the function said yes, the function said no, nobody answered, or a kept-alive connection turned
 * out to be closed, which says nothing about the host.
 */
export type DeliveryOutcome = 'delivered' | 'failed' | 'unreachable' | 'staleConnection';

export interface DeliveryTarget {
  /** `host:port` of the functions host. */
  functionsHost: string;
  projectId: string;
  triggerKey: string;
  agent: Agent;
  signal: AbortSignal;
}

/**
 * Posts an event to its function. The body is base64, because the official suite's functions emulator decodes it.
 * Never rejects. There is no time limit: a function may run as long as its own allows.
 */
export function deliver(event: StoredEvent, target: DeliveryTarget): Promise<DeliveryOutcome> {
  const { functionsHost, projectId, triggerKey, agent, signal } = target;
  const body = Buffer.from(event.data).toString('base64');
  const url = `http://${functionsHost}/functions/projects/${projectId}/triggers/${encodeURIComponent(triggerKey)}`;
  const headers = { ...event.headers, 'content-length': body.length };
  return new Promise((resolve) => {
    const outgoing = request(url, { method: 'POST', headers, agent, signal }, (response) => {
      const status = response.statusCode ?? 0;
      response.on('error', () => resolve('unreachable'));
      response.on('end', () => resolve(status >= 200 && status < 300 ? 'delivered' : 'failed'));
      response.resume();
    });
    outgoing.on('error', () => resolve(outgoing.reusedSocket ? 'staleConnection' : 'unreachable'));
    outgoing.end(body);
  });
}
