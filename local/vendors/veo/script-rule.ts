import { bool, CheckError, integer, list, oneOf, record, text } from '../checked.ts';

/** Something that goes wrong with one request. Without any field nothing does. */
export interface Fault {
  /** Answer this HTTP status instead; `rpcStatus` and `message` default to what Google says with it. */
  status?: number;
  rpcStatus?: string;
  message?: string;
  /** With a status: the request takes effect before it is answered so. */
  takesEffect?: boolean;
  /** Adds `Retry-After` and google.rpc.RetryInfo. */
  retryAfterSec?: number;
  /** 200 with JSON that breaks off; a submit is accepted all the same. */
  malformed?: boolean;
  /** Destroys the connection, before or after the request took effect. */
  drop?: 'before' | 'after';
  /** First waits this long on the movable clock, then goes on even if the client has given up. */
  hangMs?: number;
}

export type Outcome = 'succeeded' | 'blocked' | 'partly_blocked' | 'no_video' | 'error' | 'never';

/** What happens to the submits it matches. */
export interface ScriptRule {
  match?: { prompt?: string; promptIncludes?: string; model?: string };
  /** How many submits it applies to; default 1 for an exact prompt, else without end. */
  times?: number;
  submit?: Fault;
  /** Faults of the accepted job's first polls, in order. */
  polls?: Fault[];
  /** Render time; default drawn at random. */
  renderMs?: number;
  /** How the render ends; default succeeded. `never`: it runs on. `partly_blocked`: one video of those asked for is missing. */
  outcome?: Outcome;
  /** With the outcome `error`: google.rpc.Status of the operation. */
  error?: { code?: number; message?: string };
  /** Once the render has ended, polls answer 404. */
  operationVanishes?: boolean;
}

const MAX_MS = 365 * 24 * 3600 * 1000;

const fault = record({
  status: integer(400, 599),
  rpcStatus: text(/^[A-Z_]+$/, 'a google.rpc.Code name'),
  message: text(),
  takesEffect: bool,
  retryAfterSec: integer(0, 86_400),
  malformed: bool,
  drop: oneOf('before', 'after'),
  hangMs: integer(0, MAX_MS),
});

const rule = record({
  match: record({ prompt: text(), promptIncludes: text(), model: text() }),
  times: integer(1, Number.MAX_SAFE_INTEGER),
  submit: fault,
  polls: list(fault),
  renderMs: integer(0, MAX_MS),
  outcome: oneOf('succeeded', 'blocked', 'partly_blocked', 'no_video', 'error', 'never'),
  error: record({ code: integer(1, 16), message: text() }),
  operationVanishes: bool,
});

/** Reads one rule or a list of them. Throws CheckError that names the field. */
export function readScriptRules(json: unknown): ScriptRule[] {
  const rules = Array.isArray(json) ? list(rule)(json, 'rules') : [rule(json, '')];
  for (const [index, each] of rules.entries()) {
    checkFault(each.submit, `rules[${index}].submit`);
    for (const [poll, pollFault] of (each.polls ?? []).entries())
      checkFault(pollFault, `rules[${index}].polls[${poll}]`);
    if (each.error && each.outcome !== 'error')
      throw new CheckError(`rules[${index}].error needs the outcome "error".`);
  }
  return rules;
}

function checkFault(each: Fault | undefined, at: string): void {
  if (!each) return;
  const endings = [each.status !== undefined, each.malformed === true, each.drop !== undefined].filter(Boolean);
  if (endings.length > 1) throw new CheckError(`${at} must have only one of status, malformed and drop.`);
  if (each.status !== undefined) return;
  for (const name of ['rpcStatus', 'message', 'takesEffect', 'retryAfterSec'] as const) {
    if (each[name] !== undefined) throw new CheckError(`${at}.${name} needs a status.`);
  }
}
