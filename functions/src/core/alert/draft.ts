import type { AuditActor } from '../access/audit.ts';
import type { Change } from './change.ts';
import type { Effect, Verb } from './effect.ts';
import type { Episode, Progress, ReasonCode, TimelineEntry } from './episode.ts';
import type { Observation } from './observation.ts';
import type { Severity } from './rule.ts';
import { worstOf } from './severity.ts';

/** What a line of the timeline may have besides. */
export interface Besides {
  observation?: Observation | undefined;
  by?: AuditActor;
  note?: string | undefined;
}

/** A change in the making: an own copy of the episode, what is to be added to its timeline, and who is to be told. */
export class Draft {
  readonly episode: Episode;
  readonly progress: Progress;
  readonly now: Date;
  readonly #timeline: TimelineEntry[] = [];
  readonly #effects: Effect[] = [];

  constructor(episode: Episode, now: Date) {
    this.progress = { ...episode.progress };
    this.episode = { ...episode, progress: this.progress };
    this.now = now;
  }

  /** Adds a line to the timeline, with state and severity as they are now. */
  line(reason: ReasonCode, sentence: string, { observation, by, note }: Besides = {}): void {
    const { state, severity } = this.episode;
    this.episode.seq++;
    this.#timeline.push({
      ...{ seq: this.episode.seq, at: this.now, reason, sentence, state, severity },
      ...(observation && { observation }),
      ...(by && { by }),
      ...(note !== undefined && { note }),
    });
  }

  /** Tells, of the latest line, whoever the severity concerns and whom escalation called. */
  tell(verb: Verb, severity: Severity = this.episode.severity): void {
    const latest = this.#timeline.at(-1);
    if (!latest) throw new Error('there is nothing to tell');
    const { called } = this.progress;
    this.#effects.push({
      ...{ kind: 'notify', verb, reason: latest.reason, severity, to: 'route', key: `${latest.seq}.${latest.reason}` },
      ...(called && called.length > 0 && { also: called }),
    });
    if (verb === 'trigger') this.progress.told = worstOf(this.episode.severity, this.progress.told);
  }

  /** Tells of the latest line those whom a step of the escalation names. */
  call(channels: readonly string[], round: number, step: number): void {
    const { severity } = this.episode;
    const key = `step.${round}.${step}`;
    this.#effects.push({ kind: 'notify', verb: 'trigger', reason: 'escalated', severity, to: channels, key });
    this.progress.called = [...new Set([...(this.progress.called ?? []), ...channels])];
  }

  /** Tells that it is over whoever was told that it is not. */
  tellEnd(): void {
    if (this.progress.told !== undefined) this.tell('resolve', this.progress.told);
    delete this.progress.told;
    delete this.progress.called;
  }

  change(): Change {
    return { episode: this.episode, timeline: this.#timeline, effects: this.#effects };
  }
}
