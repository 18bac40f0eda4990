import type { AuditActor } from '../access/audit.ts';
import type { Group, Observation } from './observation.ts';
import type { Severity } from './rule.ts';

/** Terminal is `resolved`; an episode that never fired is `dropped` and not kept. */
export type EpisodeState = 'pending' | 'firing' | 'acknowledged' | 'recovering' | 'resolved';

/** Why an episode moved; people read it. One closed list, completed by the machine. */
export type ReasonCode =
  | 'condition_met' // pending
  | 'held_long_enough' // pending → firing
  | 'met_at_once' // → firing, no `for`
  | 'severity_raised'
  | 'severity_lowered'
  | 'no_data'
  | 'dropped' // pending → gone
  | 'acknowledged'
  | 'unacknowledged'
  | 'acknowledgement_expired'
  | 'condition_cleared' // → recovering
  | 'condition_returned' // recovering → firing
  | 'recovered' // → resolved
  | 'resolved_by_hand'
  | 'snoozed'
  | 'snooze_ended'
  | 'fired_again' // reopened shortly after it was resolved
  | 'flapping'
  | 'settled' // flapping ended
  | 'rule_changed'
  | 'escalated'
  | 'reminded'
  | 'muted' // the data is late
  | 'note';

/** One line of the timeline. Lines are only ever added. */
export interface TimelineEntry {
  /** 1, 2, 3 …; `<episodeId>.<seq>` is unique. */
  seq: number;
  /** When it was decided. */
  at: Date;
  reason: ReasonCode;
  /** In words, with values, units and sample: what the person paged reads. */
  sentence: string;
  state: EpisodeState;
  severity: Severity;
  /** The data it rests on. */
  observation?: Observation;
  by?: AuditActor;
  /** Of a note, an acknowledgement or a resolution. */
  note?: string;
}

/** One episode of one alert: rule, group, and all that came of it. */
export interface Episode {
  /** slug, hash of the group and the data minute in which it began: the same for everybody who begins it. */
  id: string;
  rule: string;
  ruleName: string;
  group: Group;
  /** canonicalJson of the group. */
  groupKey: string;
  state: EpisodeState;
  severity: Severity;
  /** Highest so far. */
  peakSeverity: Severity;
  /** True until it is resolved and can no longer be reopened: what an evaluation loads. */
  live: boolean;
  /** Raised by every change; also what makes the timeline's and the outbox's keys. */
  seq: number;
  /** Data time. */
  beganAt: Date;
  firedAt?: Date;
  recoveringSince?: Date;
  resolvedAt?: Date;
  lastObservation?: Observation;
  worst?: Observation;
  /** Real time. */
  acknowledgement?: { by: AuditActor; at: Date; until?: Date; note?: string };
  snoozedUntil?: Date;
  /** Real time in which it first fired (escalation and MTTA count from here). */
  notifiedAt?: Date;
  acknowledgedAt?: Date;
  endedAt?: Date;
  resolution?: { by: AuditActor | 'auto'; rootCause?: string; resolution?: string };
  escalation: {
    /** Steps taken in this round. */
    step: number;
    /** Raised whenever the steps begin again. */
    round: number;
    /** Real time of the next step or reminder; absent: none. */
    nextAt?: Date;
    /** Real time that the steps of this round count from. */
    since?: Date;
    /** Repeats done since it last began. */
    repeats?: number;
    remindAt?: Date;
  };
  /** Data times of when it (re)opened, the latest last, at most 20: what flapping is decided on. */
  openings: Date[];
  flapping: boolean;
  /** What the machine keeps for itself; nobody else reads it. */
  progress?: Progress;
}

/** What the machine must remember between two observations. */
export interface Progress {
  /** Data time since which every observation was critical. */
  criticalSince?: Date;
  /** Data time since which none was, in an episode that is critical. */
  belowCriticalSince?: Date;
  /** Data time since which the condition holds again in an episode that is resolved. */
  holdsSince?: Date;
  /** Real time of the latest opening, raise or end: how long it has been steady. */
  turnedAt?: Date;
  /** The highest severity that people were told of and do not know the end of yet. */
  told?: Severity;
  /** Channels that escalation told, besides those that the severity concerns. */
  called?: string[];
  /** Resolved by hand while the condition held: until this data time it does not fire for as long as the condition never cleared. */
  heldBackUntil?: Date;
}
