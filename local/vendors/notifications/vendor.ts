import type { IncomingMessage } from 'node:http';
import type { StatusFault } from './fault.ts';
import type { Arrival, Inbox } from './inbox.ts';

/** What a vendor answers. */
export interface Answer {
  status: number;
  /** Sent as JSON; a string as plain text. */
  body?: unknown;
  headers?: Record<string, string>;
}

/** One request to a vendor, its body read. */
export interface Call {
  url: URL;
  headers: IncomingMessage['headers'];
  body: string;
  /** The movable clock. */
  nowMs: number;
}

/** What a vendor makes of a request: a refusal, or what arrives and how that is answered. */
export type Verdict = { refused: Answer } | { arrival: Arrival; answer: Answer; effect?: (inbox: Inbox) => void };

/** A stand-in for one vendor's API. */
export interface Vendor {
  /** True for the requests that are its own; all are POST. */
  handles(path: string): boolean;
  /** The vendor's own size limit, in bytes. */
  maxBytes: number;
  judge(call: Call): Verdict;
  /** A scripted refusal in the vendor's words. */
  refusal(fault: StatusFault, nowMs: number): Answer;
}

/** `Retry-After` of a scripted refusal. */
export function retryAfter({ retryAfterSec }: StatusFault): Record<string, string> {
  return retryAfterSec === undefined ? {} : { 'Retry-After': String(retryAfterSec) };
}

/** The JSON in a body when it is an object. */
export function objectIn(body: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return isObject(value) ? value : undefined;
  } catch {
    // Not JSON is one more way of not being an object.
    return undefined;
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const HEADWORD = /^(?:\[|Dailies |\P{L}*)(CRITICAL|WARNING|INFO|RESOLVED|ACKNOWLEDGED|TEST)(?:\]|:) ([\s\S]*)$/u;

/** Headword and title as the channels write them in one line. */
export function titleIn(line: string): { headword: string; title: string } {
  const [, headword = '', title = line] = HEADWORD.exec(line) ?? [];
  return { headword, title };
}
