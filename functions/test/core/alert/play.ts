import { type Action, act } from '../../../src/core/alert/act.ts';
import type { Change } from '../../../src/core/alert/change.ts';
import type { Effect } from '../../../src/core/alert/effect.ts';
import { elapse } from '../../../src/core/alert/elapse.ts';
import type { Episode, TimelineEntry } from '../../../src/core/alert/episode.ts';
import type { Group, Observation } from '../../../src/core/alert/observation.ts';
import { type Rule, type RuleInput, ruleSchema } from '../../../src/core/alert/rule.ts';
import { step } from '../../../src/core/alert/step.ts';

export const MINUTE_MS = 60_000;
export const START_MS = Date.parse('2040-01-01T12:00:00Z');

/** A rule with every default: a warning above 10, critical above 20. */
export function ruleOf(fields: Partial<RuleInput> = {}): Rule {
  return ruleSchema.parse({
    ...{ slug: 'queue', name: 'Queue', metric: 'queueBacklog', windowMin: 5 },
    condition: { type: 'threshold', op: '>', warning: 10, critical: 20 },
    ...fields,
  });
}

/** What is seen `minute` minutes after the start. */
export function observationAt(minute: number, value?: number, fields: Partial<Observation> = {}): Observation {
  const atMs = START_MS + minute * MINUTE_MS;
  return {
    ...{ atMs, fromMs: atMs - 5 * MINUTE_MS, toMs: atMs, n: 1 },
    ...(value !== undefined && { value }),
    ...fields,
  };
}

/** One group's episodes under one rule, with all that came of them. */
export class Play {
  readonly rule: Rule;
  readonly group: Group;
  readonly timeline: TimelineEntry[] = [];
  readonly effects: Effect[] = [];
  /** Every episode that there was, as it is now, by id. */
  readonly episodes = new Map<string, Episode>();
  minute = 0;

  constructor(fields: Partial<RuleInput> = {}, group: Group = {}) {
    this.rule = ruleOf(fields);
    this.group = group;
  }

  get now(): Date {
    return new Date(START_MS + this.minute * MINUTE_MS);
  }

  /** The one that is live. */
  get episode(): Episode | undefined {
    return [...this.episodes.values()].find(({ live }) => live);
  }

  /** The latest one, live or not. */
  get latest(): Episode {
    const latest = [...this.episodes.values()].at(-1);
    if (!latest) throw new Error('there was none');
    return latest;
  }

  /** The data of each of these minutes, and what time brings in each; undefined: nothing could be computed. */
  see(...values: (number | undefined)[]): this {
    for (const value of values) {
      this.minute++;
      this.take(step(this.rule, this.group, this.episode, observationAt(this.minute, value), this.now));
      this.passTime();
    }
    return this;
  }

  /** Time alone goes on. */
  wait(minutes: number): this {
    for (let i = 0; i < minutes; i++) {
      this.minute++;
      this.passTime();
    }
    return this;
  }

  /** A person does something with the latest episode. */
  do(action: Action): this {
    return this.take(act(this.rule, this.latest, action, this.now));
  }

  passTime(): void {
    for (let i = 0; this.episode; i++) {
      if (i > 50) throw new Error('time brings more and more');
      const change = elapse(this.rule, this.episode, this.now);
      if (!change) return;
      this.take(change);
    }
  }

  take(change: Change | undefined): this {
    if (!change) return this;
    const { episode, timeline, effects } = change;
    if (episode) this.episodes.set(episode.id, episode);
    else if (this.episode) this.episodes.delete(this.episode.id);
    this.timeline.push(...timeline);
    this.effects.push(...effects);
    return this;
  }

  /** The reasons of the timeline. */
  reasons(): string {
    return this.timeline.map(({ reason }) => reason).join(' ');
  }

  /** What was told: `trigger/held_long_enough/warning`, and to whom where that is not by severity. */
  told(): string[] {
    return this.effects.map(({ verb, reason, severity, to, also }) =>
      [verb, reason, severity, ...(to === 'route' ? [] : to), ...(also ? [`+${also.join('+')}`] : [])].join('/'),
    );
  }
}

export const ann = { uid: 'ann' };
export const bob = { uid: 'bob' };
