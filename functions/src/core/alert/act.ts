import type { AuditActor } from '../access/audit.ts';
import { AppError } from '../errors.ts';
import type { Change } from './change.ts';
import { Draft } from './draft.ts';
import type { Episode } from './episode.ts';
import { endEscalation } from './escalation.ts';
import type { Rule } from './rule.ts';
import { momentText, whoever } from './sentence.ts';
import { callAgain, end, HELD_BACK_MS, isOpen } from './states.ts';

/** What a person does with an episode. */
export type Action =
  | { kind: 'acknowledge'; by: AuditActor; until?: Date | undefined; note?: string | undefined }
  | { kind: 'unacknowledge'; by: AuditActor }
  | {
      kind: 'resolve';
      by: AuditActor;
      rootCause?: string | undefined;
      resolution?: string | undefined;
      note?: string | undefined;
    }
  | { kind: 'snooze'; by: AuditActor; until: Date; note?: string | undefined }
  | { kind: 'unsnooze'; by: AuditActor }
  | { kind: 'note'; by: AuditActor; note: string };

/**
 * What a person's action makes of an episode. `rule` is missing where it is gone. Throws AppError `conflict` for what the state
 * does not allow, saying the state, and `invalid_request` for a time that is past.
 */
export function act(rule: Rule | undefined, episode: Episode, action: Action, now: Date): Change {
  const draft = new Draft(episode, now);
  switch (action.kind) {
    case 'acknowledge':
      acknowledge(draft, action);
      break;
    case 'unacknowledge':
      unacknowledge(draft, rule, action);
      break;
    case 'resolve':
      resolve(draft, action);
      break;
    case 'snooze':
      snooze(draft, action);
      break;
    case 'unsnooze':
      unsnooze(draft, rule, action);
      break;
    case 'note':
      draft.line('note', `A note by ${whoever(action.by)}.`, action);
      break;
  }
  return draft.change();
}

type Of<Kind extends Action['kind']> = Extract<Action, { kind: Kind }>;

function acknowledge(draft: Draft, { by, until, note }: Of<'acknowledge'>): void {
  const { episode, progress, now } = draft;
  assertOpen(episode, 'acknowledged');
  if (episode.acknowledgement)
    refuse('acknowledged', `${whoever(episode.acknowledgement.by)} has acknowledged it already`);
  if (until) assertFuture(until, now);
  episode.acknowledgement = { by, at: now, ...(until && { until }), ...(note !== undefined && { note }) };
  episode.acknowledgedAt ??= now;
  if (episode.state === 'firing') episode.state = 'acknowledged';
  episode.escalation = endEscalation(episode.escalation);
  const long = until ? ` until ${momentText(until)}` : '';
  draft.line('acknowledged', `${whoever(by)} has it${long}: nobody else is called.`, { by, note });
  if (progress.told !== undefined) draft.tell('acknowledge', progress.told);
}

function unacknowledge(draft: Draft, rule: Rule | undefined, { by }: Of<'unacknowledge'>): void {
  const { episode } = draft;
  if (!episode.acknowledgement) refuse('unacknowledged', `it is ${episode.state}, and nobody has acknowledged it`);
  delete episode.acknowledgement;
  if (episode.state === 'acknowledged') episode.state = 'firing';
  draft.line('unacknowledged', `${whoever(by)} took the acknowledgement back: nobody has it.`, { by });
  callAgain(rule, draft);
}

function resolve(draft: Draft, { by, rootCause, resolution, note }: Of<'resolve'>): void {
  const { episode, progress } = draft;
  assertOpen(episode, 'resolved');
  const holds = episode.recoveringSince === undefined;
  const at = new Date(episode.lastObservation?.atMs ?? episode.beganAt);
  end(draft, at, {
    by,
    ...(rootCause !== undefined && { rootCause }),
    ...(resolution !== undefined && { resolution }),
  });
  episode.flapping = false;
  if (holds) progress.heldBackUntil = new Date(at.getTime() + HELD_BACK_MS);
  else episode.live = false;
  const until = progress.heldBackUntil;
  const quiet = until
    ? ` Its condition still holds; it does not fire again before that has cleared or it is ${momentText(until)}.`
    : '';
  draft.line('resolved_by_hand', `${whoever(by)} resolved it.${quiet}`, { by, note });
  draft.tellEnd();
}

function snooze(draft: Draft, { by, until, note }: Of<'snooze'>): void {
  const { episode, now } = draft;
  assertOpen(episode, 'snoozed');
  assertFuture(until, now);
  episode.snoozedUntil = until;
  episode.escalation = endEscalation(episode.escalation);
  draft.line('snoozed', `${whoever(by)} snoozed it until ${momentText(until)}: nobody is told before.`, { by, note });
}

function unsnooze(draft: Draft, rule: Rule | undefined, { by }: Of<'unsnooze'>): void {
  const { episode } = draft;
  if (!episode.snoozedUntil) refuse('woken', `it is ${episode.state} and not snoozed`);
  delete episode.snoozedUntil;
  draft.line('snooze_ended', `${whoever(by)} ended the snooze.`, { by });
  if (isOpen(episode)) callAgain(rule, draft);
}

function assertOpen(episode: Episode, wish: string): void {
  if (!isOpen(episode)) refuse(wish, `it is ${episode.state}`);
}

function assertFuture(until: Date, now: Date): void {
  if (until > now) return;
  throw new AppError('invalid_request', 'That time is past.', [{ path: 'until', message: 'must be in the future' }]);
}

function refuse(wish: string, why: string): never {
  throw new AppError('conflict', `This alert cannot be ${wish}: ${why}.`);
}
