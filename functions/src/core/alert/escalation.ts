import type { Episode } from './episode.ts';
import type { Escalation, Rule, Severity } from './rule.ts';

const MINUTE_MS = 60_000;

/** What a warning does that nobody acknowledges, where its rule says nothing else. */
const OF_WARNINGS: Escalation = { steps: [{ afterMin: 30, channels: ['sms', 'pagerduty'] }] };

/** Whom to call when nobody acknowledges; undefined: nobody more. */
export function escalationOf(rule: Rule, severity: Severity): Escalation | undefined {
  return rule.escalation ?? (severity === 'warning' ? OF_WARNINGS : undefined);
}

/** The steps begin, counted from now. */
export function beginEscalation(rule: Rule, { escalation, severity }: Episode, now: Date): Episode['escalation'] {
  const { renotifyMin } = rule;
  const begun = {
    ...{ step: 0, round: escalation.round + 1, since: now },
    ...(renotifyMin !== undefined && { remindAt: after(now, renotifyMin) }),
  };
  return withNext(rule, severity, begun);
}

/** No steps and no reminders. */
export function endEscalation({ step, round }: Episode['escalation']): Episode['escalation'] {
  return { step, round };
}

/** The step that comes next and when; undefined: none. */
export function nextStep(rule: Rule, severity: Severity, { step, since, repeats = 0 }: Episode['escalation']) {
  const escalation = escalationOf(rule, severity);
  if (!escalation || !since) return undefined;
  const { steps, repeat } = escalation;
  const next = steps[step];
  if (next) return { at: after(since, next.afterMin), channels: next.channels, again: false };
  const [first, last] = [steps[0], steps.at(-1)];
  if (!repeat || repeats >= repeat.times || !first || !last) return undefined;
  return { at: after(since, last.afterMin + repeat.everyMin), channels: first.channels, again: true };
}

/** The step is taken. */
export function stepTaken(rule: Rule, { escalation, severity }: Episode): Episode['escalation'] {
  const due = nextStep(rule, severity, escalation);
  if (!due) return escalation;
  if (!due.again) return withNext(rule, severity, { ...escalation, step: escalation.step + 1 });
  const firstAfterMin = escalationOf(rule, severity)?.steps[0]?.afterMin ?? 0;
  const { round, repeats = 0 } = escalation;
  const since = after(due.at, -firstAfterMin);
  return withNext(rule, severity, { ...escalation, round: round + 1, step: 1, repeats: repeats + 1, since });
}

/** The same with the time at which the next step or reminder comes. */
export function withNext(rule: Rule, severity: Severity, escalation: Episode['escalation']): Episode['escalation'] {
  const { nextAt: _before, ...rest } = escalation;
  const times = [nextStep(rule, severity, rest)?.at, rest.remindAt].filter((at) => at !== undefined);
  const [nextAt] = times.sort((a, b) => a.getTime() - b.getTime());
  return nextAt ? { ...rest, nextAt } : rest;
}

/** The moment some minutes after another. */
export function after(at: Date, minutes: number): Date {
  return new Date(at.getTime() + minutes * MINUTE_MS);
}
