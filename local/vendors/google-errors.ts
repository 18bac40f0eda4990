import type { ServerResponse } from 'node:http';
import { sendJson } from '../storage/http.ts';

/** google.rpc.Code by HTTP status, https://cloud.google.com/apis/design/errors */
const RPC_STATUS: Record<number, string> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  409: 'ABORTED',
  429: 'RESOURCE_EXHAUSTED',
  499: 'CANCELLED',
  500: 'INTERNAL',
  501: 'UNIMPLEMENTED',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
};

/** A refusal as a Google API words it. */
export class GoogleError extends Error {
  readonly httpStatus: number;
  readonly rpcStatus: string;
  readonly retryAfterSec: number | undefined;

  constructor(httpStatus: number, message: string, options: { rpcStatus?: string; retryAfterSec?: number } = {}) {
    super(message);
    this.httpStatus = httpStatus;
    this.rpcStatus = options.rpcStatus ?? RPC_STATUS[httpStatus] ?? 'UNKNOWN';
    this.retryAfterSec = options.retryAfterSec;
  }
}

/** `{error: {code, message, status, details}}`, with RetryInfo and `Retry-After` when there is a delay. */
export function sendGoogleError(response: ServerResponse, error: GoogleError): void {
  const { httpStatus, rpcStatus, retryAfterSec, message } = error;
  const details = [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: `${retryAfterSec}s` }];
  const body = { code: httpStatus, message, status: rpcStatus, ...(retryAfterSec !== undefined && { details }) };
  const headers: Record<string, string> = retryAfterSec === undefined ? {} : { 'Retry-After': String(retryAfterSec) };
  sendJson(response, httpStatus, { error: body }, headers);
}
