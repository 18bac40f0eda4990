import type { ServerResponse } from 'node:http';
import type { MovableClock } from '../../clock.ts';
import { bool, CheckError, integer, list, oneOf, record, text } from '../checked.ts';

/** What goes wrong with the requests that a vendor gets. */
export interface FaultRule {
  /** Applies to requests whose body has this in it; default all. */
  includes?: string;
  /** How many requests it applies to; default without end. */
  times?: number;
  /** Answer this status, in the vendor's own words. */
  status?: number;
  /** Twilio's code, or Slack's word. */
  code?: string;
  message?: string;
  /** Adds `Retry-After`; SendGrid says the same by `X-RateLimit-Reset`. */
  retryAfterSec?: number;
  /** With a status: the message arrives all the same. */
  takesEffect?: boolean;
  /** Destroys the connection before or after the message arrived. */
  drop?: 'before' | 'after';
  /** First waits this long on the movable clock. */
  hangMs?: number;
}

/** A fault that answers a status. */
export type StatusFault = FaultRule & { status: number };

const rule = record({
  includes: text(),
  times: integer(1, Number.MAX_SAFE_INTEGER),
  status: integer(300, 599),
  code: text(/^[a-z_0-9]+$/, 'a vendor code'),
  message: text(),
  retryAfterSec: integer(0, 86_400),
  takesEffect: bool,
  drop: oneOf('before', 'after'),
  hangMs: integer(0, 365 * 24 * 3_600_000),
});

/** Reads one rule or a list of them. Throws CheckError that names the field. */
export function readFaultRules(json: unknown): FaultRule[] {
  const rules = Array.isArray(json) ? list(rule)(json, 'rules') : [rule(json, '')];
  for (const [index, each] of rules.entries()) {
    if (each.status !== undefined && each.drop !== undefined) {
      throw new CheckError(`rules[${index}] must have only one of status and drop.`);
    }
  }
  return rules;
}

/** The rules in force at one vendor: a request takes the first that matches and is not used up. */
export class Faults {
  #entries: { rule: FaultRule; matched: number }[] = [];

  add(rules: readonly FaultRule[]): void {
    this.#entries.push(...rules.map((each) => ({ rule: each, matched: 0 })));
  }

  take(body: string): FaultRule {
    const entry = this.#entries.find(
      ({ rule: { includes, times = Number.POSITIVE_INFINITY }, matched }) =>
        matched < times && (includes === undefined || body.includes(includes)),
    );
    if (entry) entry.matched++;
    return entry?.rule ?? {};
  }

  list() {
    return this.#entries.map(({ rule: each, matched }) => ({ rule: each, matched }));
  }

  clear(): void {
    this.#entries = [];
  }
}

/**
 * Lets a request meet its fault: `accept` makes the message arrive and answers it, `refuse` answers a status in the vendor's words.
 */
export async function meet(
  fault: FaultRule,
  response: ServerResponse,
  clock: MovableClock,
  vendor: { accept(): void; answer(): void; refuse(fault: StatusFault): void },
): Promise<void> {
  const { status, drop, hangMs = 0 } = fault;
  if (hangMs > 0) await new Promise<void>((resolve) => clock.setTimer(clock.now() + hangMs, resolve));
  if (drop === 'before') return void response.destroy();
  if (status !== undefined) {
    if (fault.takesEffect) vendor.accept();
    return vendor.refuse({ ...fault, status });
  }
  vendor.accept();
  if (drop === 'after') response.destroy();
  else vendor.answer();
}
