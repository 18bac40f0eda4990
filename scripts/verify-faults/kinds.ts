import type { Outcome } from '../../functions/src/core/generation/outcome.ts';
import type { Fault, ScriptRule } from '../../local/vendors/veo/script-rule.ts';

/** What the Veo stand-in does with the first submits of one prompt; those after them work. */
export interface FaultKind {
  name: string;
  rule: Omit<ScriptRule, 'match'>;
  /** The states in which such a generation may end when nothing else happens to it. */
  ends: readonly Outcome[];
  /** Videos that must be asked for at least. */
  videos?: number;
  /** The client gives the submit up only after a minute of real time. */
  slow?: boolean;
}

const MINUTE_MS = 60_000;
const ALWAYS = 99;
/** More than a render is polled until its deadline, each poll delivered twice. */
const ALL_POLLS = 500;
/** Longer than the system waits for a job that it does not know of, and in time for its clean-up. */
const TOO_LATE_MS = 45 * MINUTE_MS;

const error = (code: number, message = 'Scripted.'): FaultKind['rule'] => ({
  outcome: 'error',
  error: { code, message },
});
const submit = (fault: Fault): FaultKind['rule'] => ({ submit: fault });
const polls = (...faults: Fault[]): FaultKind['rule'] => ({ polls: faults });

const worked = ['succeeded'] as const;
const failed = ['failed'] as const;
const blocked = ['blocked'] as const;

/** Every way in which Veo's stand-in can fail a generation, by itself or together with others. */
export const FAULT_KINDS: readonly FaultKind[] = [
  { name: 'submit 429', rule: submit({ status: 429 }), ends: worked },
  { name: 'submit 429 with RetryInfo', rule: submit({ status: 429, retryAfterSec: 20 }), ends: worked },
  { name: 'submit 429 for ever', rule: { ...submit({ status: 429 }), times: ALWAYS }, ends: failed },
  { name: 'submit 400 bad field', rule: submit({ status: 400, message: 'Bad field.' }), ends: failed },
  { name: 'submit 400 unsafe', rule: submit({ status: 400, message: 'Support codes: 61493863' }), ends: blocked },
  { name: 'submit 401', rule: submit({ status: 401 }), ends: failed },
  { name: 'submit 403', rule: submit({ status: 403 }), ends: failed },
  { name: 'submit 404', rule: submit({ status: 404 }), ends: failed },
  { name: 'submit 408', rule: submit({ status: 408 }), ends: worked },
  { name: 'submit 500, not taken', rule: submit({ status: 500 }), ends: worked },
  { name: 'submit 503, not taken', rule: submit({ status: 503 }), ends: worked },
  { name: 'submit 504, not taken', rule: submit({ status: 504 }), ends: worked },
  { name: 'submit 503 for ever', rule: { ...submit({ status: 503 }), times: ALWAYS }, ends: failed },
  { name: 'submit 500, taken', rule: submit({ status: 500, takesEffect: true }), ends: worked },
  { name: 'submit 503, taken', rule: submit({ status: 503, takesEffect: true }), ends: worked },
  { name: 'submit dropped, not taken', rule: submit({ drop: 'before' }), ends: worked },
  { name: 'submit dropped, taken', rule: submit({ drop: 'after' }), ends: worked },
  { name: 'submit malformed, taken', rule: submit({ malformed: true }), ends: worked },
  { name: 'submit dropped, taken, blocked', rule: { ...submit({ drop: 'after' }), outcome: 'blocked' }, ends: worked },
  {
    name: 'submit dropped, taken, too late',
    rule: { ...submit({ drop: 'after' }), renderMs: TOO_LATE_MS },
    ends: worked,
  },
  { name: 'submit over the timeout', rule: submit({ hangMs: 5_000 }), ends: worked, slow: true },
  { name: 'polls fail for a while', rule: polls({ status: 429 }, { status: 500 }, { status: 503 }), ends: worked },
  { name: 'polls are dropped', rule: polls({ drop: 'before' }, { drop: 'after' }), ends: worked },
  { name: 'polls are malformed', rule: polls({ malformed: true }, { malformed: true }), ends: worked },
  { name: 'polls are denied', rule: polls({ status: 401 }, { status: 403 }), ends: worked },
  { name: 'polls always fail', rule: polls(...Array<Fault>(ALL_POLLS).fill({ status: 503 })), ends: worked },
  {
    name: 'polls always fail, never ends',
    rule: { ...polls(...Array<Fault>(ALL_POLLS).fill({ status: 503 })), outcome: 'never' },
    ends: failed,
  },
  { name: 'lost while it renders', rule: { ...polls({ status: 404 }), renderMs: 4 * MINUTE_MS }, ends: worked },
  { name: 'lost after the end', rule: { operationVanishes: true }, ends: worked },
  { name: 'lost without a video', rule: { operationVanishes: true, outcome: 'no_video' }, ends: worked },
  { name: 'blocked', rule: { outcome: 'blocked' }, ends: blocked },
  { name: 'one of several blocked', rule: { outcome: 'partly_blocked' }, ends: worked, videos: 2 },
  { name: 'no video', rule: { outcome: 'no_video' }, ends: worked },
  { name: 'no video for ever', rule: { outcome: 'no_video', times: ALWAYS }, ends: failed },
  { name: 'error 2 unknown', rule: error(2), ends: worked },
  { name: 'error 3 invalid argument', rule: error(3), ends: failed },
  { name: 'error 3 unsafe', rule: error(3, 'Support codes: 58061214'), ends: blocked },
  { name: 'error 4 deadline exceeded', rule: error(4), ends: worked },
  { name: 'error 5 not found', rule: error(5), ends: failed },
  { name: 'error 7 permission denied', rule: error(7), ends: failed },
  { name: 'error 8 resource exhausted', rule: error(8), ends: worked },
  { name: 'error 9 failed precondition', rule: error(9), ends: failed },
  { name: 'error 13 internal', rule: error(13), ends: worked },
  { name: 'error 13 for ever', rule: { ...error(13), times: ALWAYS }, ends: failed },
  { name: 'error 14 unavailable', rule: error(14), ends: worked },
  { name: 'error 16 unauthenticated', rule: error(16), ends: failed },
  { name: 'never ends', rule: { outcome: 'never' }, ends: ['expired'] },
];

/** Nothing goes wrong at the provider. */
export const NO_FAULT: FaultKind = { name: 'none', rule: {}, ends: worked };

/** The provider is busy with one call long enough for the functions host to be killed during it. */
export const BAITS = {
  taken: { name: 'killed at the submit, taken', rule: submit({ hangMs: 5_000 }), ends: worked },
  refused: { name: 'killed at the submit, not taken', rule: submit({ hangMs: 5_000, drop: 'before' }), ends: worked },
  poll: { name: 'killed at a poll', rule: { ...polls({ hangMs: 3_000 }), renderMs: MINUTE_MS }, ends: worked },
} as const satisfies Record<string, FaultKind>;

/** True when the provider takes the job and the answer that says so never arrives in time. */
export function hidesAcceptance({ rule }: FaultKind): boolean {
  const { drop, malformed, takesEffect, hangMs = 0 } = rule.submit ?? {};
  return drop === 'after' || malformed === true || takesEffect === true || (hangMs > 0 && drop === undefined);
}
