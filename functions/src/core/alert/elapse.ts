import type { Change } from './change.ts';
import { Draft } from './draft.ts';
import type { Episode } from './episode.ts';
import { after, nextStep, stepTaken, withNext } from './escalation.ts';
import type { Rule } from './rule.ts';
import { lengthText, momentText, observed, whoever } from './sentence.ts';
import { callAgain, isOpen, isSnoozed, REOPENS_MS, STEADY_MS } from './states.ts';

/**
 * The next thing that time alone brings: the end of an acknowledgement or a snooze, of flapping, of the time in which it can be
 * opened again, a step of the escalation, a reminder. One at a call: ask again until it answers undefined. All in real time.
 */
export function elapse(rule: Rule, episode: Episode, now: Date): Change | undefined {
  if (!episode.live || episode.state === 'pending') return undefined;
  if (!isOpen(episode)) return elapseResolved(episode, now);
  // Whatever runs out while it recovers is told of when it falls back, if it does.
  if (episode.state === 'recovering') return undefined;
  const { acknowledgement, snoozedUntil } = episode;
  if (acknowledgement?.until && acknowledgement.until <= now) return endAcknowledgement(rule, episode, now);
  if (snoozedUntil && snoozedUntil <= now) return endSnooze(rule, episode, now);
  if (episode.flapping) return isSteady(episode, now) ? settle(rule, episode, now) : undefined;
  if (episode.state === 'acknowledged') return undefined;
  return isSnoozed(episode, now) ? undefined : callOrRemind(rule, episode, now);
}

function elapseResolved(episode: Episode, now: Date): Change | undefined {
  const { flapping, endedAt = now, progress } = episode;
  if (progress?.holdsSince) return undefined;
  if (flapping) return isSteady(episode, now) ? settleResolved(episode, now) : undefined;
  const from = progress?.heldBackUntil && progress.heldBackUntil > endedAt ? progress.heldBackUntil : endedAt;
  if (now.getTime() - from.getTime() < REOPENS_MS) return undefined;
  const draft = new Draft(episode, now);
  draft.episode.live = false;
  return draft.change();
}

const isSteady = ({ progress, openings, beganAt }: Episode, now: Date) =>
  now.getTime() - (progress?.turnedAt ?? openings.at(-1) ?? beganAt).getTime() >= STEADY_MS;

function settleResolved(episode: Episode, now: Date): Change {
  const draft = new Draft(episode, now);
  draft.episode.flapping = false;
  draft.episode.live = false;
  draft.line('settled', `It has been over for ${lengthText(STEADY_MS)} and no longer flaps.`);
  draft.tellEnd();
  return draft.change();
}

function settle(rule: Rule, episode: Episode, now: Date): Change {
  const draft = new Draft(episode, now);
  draft.episode.flapping = false;
  const steady = `It has been firing steadily for ${lengthText(STEADY_MS)} and no longer flaps.`;
  draft.line('settled', `${steady} ${latest(rule, episode)}`, { observation: episode.lastObservation });
  callAgain(rule, draft);
  return draft.change();
}

function endAcknowledgement(rule: Rule, episode: Episode, now: Date): Change {
  const draft = new Draft(episode, now);
  const { acknowledgement } = episode;
  delete draft.episode.acknowledgement;
  draft.episode.state = 'firing';
  const who = acknowledgement ? ` by ${whoever(acknowledgement.by)}` : '';
  const sentence = `The acknowledgement${who} ran out, and it is not over. ${latest(rule, episode)}`;
  draft.line('acknowledgement_expired', sentence, { observation: episode.lastObservation });
  callAgain(rule, draft);
  return draft.change();
}

function endSnooze(rule: Rule, episode: Episode, now: Date): Change {
  const draft = new Draft(episode, now);
  delete draft.episode.snoozedUntil;
  const sentence = `The snooze is over, it is not. ${latest(rule, episode)}`;
  draft.line('snooze_ended', sentence, { observation: episode.lastObservation });
  callAgain(rule, draft);
  return draft.change();
}

function callOrRemind(rule: Rule, episode: Episode, now: Date): Change | undefined {
  const { escalation, severity } = episode;
  const due = nextStep(rule, severity, escalation);
  if (due && due.at <= now) return escalate(rule, episode, due.channels, now);
  const { remindAt } = escalation;
  if (!remindAt || remindAt > now || rule.renotifyMin === undefined) return undefined;
  const draft = new Draft(episode, now);
  const next = { ...escalation, remindAt: after(now, rule.renotifyMin) };
  draft.episode.escalation = withNext(rule, severity, next);
  const sentence = `Still firing, acknowledged by nobody. ${latest(rule, episode)}`;
  draft.line('reminded', sentence, { observation: episode.lastObservation });
  draft.tell('update');
  return draft.change();
}

function escalate(rule: Rule, episode: Episode, channels: readonly string[], now: Date): Change {
  const draft = new Draft(episode, now);
  draft.episode.escalation = stepTaken(rule, episode);
  const { round, step } = draft.episode.escalation;
  const since = episode.escalation.since ?? now;
  const sentence = `Nobody acknowledged it since ${momentText(since)}: now ${channels.join(', ')}. ${latest(rule, episode)}`;
  draft.line('escalated', sentence, { observation: episode.lastObservation });
  draft.call(channels, round, step);
  return draft.change();
}

function latest(rule: Rule, { lastObservation, severity }: Episode): string {
  return lastObservation ? observed(rule, lastObservation, severity) : '';
}
