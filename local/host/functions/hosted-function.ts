import type { Request, Response } from 'express';
import type { RetryConfig } from '../tasks/backoff.ts';
import type { RateLimits } from '../tasks/token-bucket.ts';

export type HttpHandler = (request: Request, response: Response) => unknown;
export type EventHandler = (event: object) => unknown;

interface Common {
  /** The exported name; groups are joined with `-`. */
  name: string;
  /** Every region that the function is deployed to; at least one. */
  regions: string[];
  /** Real milliseconds that one call may take. */
  timeoutMs: number;
}

export interface HttpsFunction extends Common {
  kind: 'https' | 'callable';
  handler: HttpHandler;
}

export interface TaskFunction extends Common {
  kind: 'taskQueue';
  handler: HttpHandler;
  retry: RetryConfig;
  rateLimits: RateLimits;
}

export interface ScheduleFunction extends Common {
  kind: 'schedule';
  handler: HttpHandler;
  /** Cron, or App Engine's English. */
  schedule: string;
  timeZone: string;
  retry: RetryConfig;
}

export interface FirestoreFunction extends Common {
  kind: 'firestore';
  handler: EventHandler;
  eventType: string;
  database: string;
  namespace: string;
  document: { value: string; matchType: 'EXACT' | 'PATH_PATTERN' };
  /** Deliver again when the function fails. */
  retry: boolean;
}

/** A function of the build that this host serves. */
export type HostedFunction = HttpsFunction | TaskFunction | ScheduleFunction | FirestoreFunction;
export type HttpFunction = Exclude<HostedFunction, FirestoreFunction>;

/** The key of a trigger in the official suite: one codebase, so always 0. */
export function triggerKey({ regions, name }: HostedFunction): string {
  return `${regions[0]}-${name}-0`;
}
