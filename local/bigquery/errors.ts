import type { ServerResponse } from 'node:http';
import { sendJson } from '../storage/http.ts';

/** One entry of a job's `errors`. https://cloud.google.com/bigquery/docs/reference/rest/v2/ErrorProto */
export interface ErrorProto {
  reason: string;
  message: string;
  location?: string;
}

/** A refusal as BigQuery words it; `reason` is one of https://cloud.google.com/bigquery/docs/error-messages. */
export class BigQueryError extends Error {
  readonly httpStatus: number;
  readonly reason: string;
  /** Where in the query or the data. */
  readonly location: string | undefined;

  constructor(httpStatus: number, reason: string, message: string, location?: string) {
    super(message);
    this.httpStatus = httpStatus;
    this.reason = reason;
    this.location = location;
  }

  toProto(): ErrorProto {
    const { reason, message, location } = this;
    return { reason, message, ...(location !== undefined && { location }) };
  }
}

export const invalid = (message: string) => new BigQueryError(400, 'invalid', message);
export const invalidQuery = (message: string) => new BigQueryError(400, 'invalidQuery', message, 'query');
export const notFound = (what: string) => new BigQueryError(404, 'notFound', `Not found: ${what}`);
export const duplicate = (what: string) => new BigQueryError(409, 'duplicate', `Already Exists: ${what}`);

const RPC_STATUS: Record<number, string> = {
  400: 'INVALID_ARGUMENT',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  409: 'ALREADY_EXISTS',
  412: 'FAILED_PRECONDITION',
  501: 'UNIMPLEMENTED',
  503: 'UNAVAILABLE',
};

/** Ends `response` with `{error: {code, message, status, errors: [{reason, message, domain, location}]}}`. */
export function sendBigQueryError(response: ServerResponse, error: BigQueryError): void {
  const { httpStatus, message } = error;
  sendJson(response, httpStatus, {
    error: {
      code: httpStatus,
      message,
      status: RPC_STATUS[httpStatus] ?? 'UNKNOWN',
      errors: [{ ...error.toProto(), domain: 'global' }],
    },
  });
}
