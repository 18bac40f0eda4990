import type { ReasonCode } from './episode.ts';
import type { Severity } from './rule.ts';

/** What a message tells of: PagerDuty's three verbs, and what others show. */
export type Verb = 'trigger' | 'acknowledge' | 'resolve' | 'update';

/** What a change of an episode leads to. It goes to the outbox in the same commit. */
export interface Notify {
  kind: 'notify';
  verb: Verb;
  reason: ReasonCode;
  severity: Severity;
  /** `route`: whoever the severity concerns; else channel ids or kinds of an escalation step. */
  to: 'route' | readonly string[];
  /** Channel ids or kinds besides: those that an escalation told before, which must hear of this too. */
  also?: readonly string[];
  /** With episode id and channel the key of the outbox: `<seq>.<reason>` or `step.<round>.<n>`. */
  key: string;
}
export type Effect = Notify;
