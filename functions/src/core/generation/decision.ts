import type { EventDraft } from '../events/draft.ts';
import type { Generation } from './state.ts';

/** Why a command does not apply to the generation as it is. */
export type Refusal = 'wrong_state' | 'stale_attempt' | 'already_requested' | 'not_ended' | 'unchanged';

/** What a command comes to: the next document with what it says to the log, or why nothing changes. */
export type Decision = { ok: true; next: Generation; event?: EventDraft } | { ok: false; reason: Refusal };

export const refused = (reason: Refusal): Decision => ({ ok: false, reason });

/** A command: given the generation as stored and the time, it decides. Pure. */
export type Command = (generation: Generation, now: Date) => Decision;
