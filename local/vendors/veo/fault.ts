import type { ServerResponse } from 'node:http';
import type { MovableClock } from '../../clock.ts';
import { GoogleError } from '../google-errors.ts';
import type { Fault } from './script-rule.ts';

const DEFAULT_MESSAGE: Record<number, string> = {
  429: 'Quota exceeded for aiplatform.googleapis.com/online_prediction_requests_per_base_model. Please submit a quota increase request.',
  500: 'Internal error encountered.',
  503: 'The service is currently unavailable.',
  504: 'Deadline expired before operation could complete.',
};

/**
 * What a fault does before the request takes effect: waits, drops the connection, or refuses (throws GoogleError).
 * Returns false when the request must not take effect.
 */
export async function faultBefore(fault: Fault, response: ServerResponse, clock: MovableClock): Promise<boolean> {
  const { hangMs = 0, status, takesEffect } = fault;
  if (hangMs > 0) await new Promise<void>((resolve) => clock.setTimer(clock.now() + hangMs, resolve));
  if (fault.drop === 'before') {
    response.destroy();
    return false;
  }
  if (status !== undefined && !takesEffect) throw scriptedError(status, fault);
  return true;
}

/** What a fault does once the request took effect (throws GoogleError). Returns false when it has spoilt the answer. */
export function faultAfter(fault: Fault, response: ServerResponse): boolean {
  if (fault.status !== undefined) throw scriptedError(fault.status, fault);
  if (fault.drop === 'after') response.destroy();
  else if (fault.malformed) {
    response.writeHead(200, { 'Content-Type': 'application/json; charset=UTF-8' });
    response.end('{\n  "name": "projects/');
  } else return true;
  return false;
}

function scriptedError(status: number, fault: Fault): GoogleError {
  const { rpcStatus, retryAfterSec, message = DEFAULT_MESSAGE[status] ?? 'Scripted error.' } = fault;
  return new GoogleError(status, message, {
    ...(rpcStatus !== undefined && { rpcStatus }),
    ...(retryAfterSec !== undefined && { retryAfterSec }),
  });
}
