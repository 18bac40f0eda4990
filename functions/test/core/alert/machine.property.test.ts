import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Action } from '../../../src/core/alert/act.ts';
import type { RuleInput } from '../../../src/core/alert/rule.ts';
import { step } from '../../../src/core/alert/step.ts';
import { AppError } from '../../../src/core/errors.ts';
import { ann, MINUTE_MS, observationAt, Play } from './play.ts';

const OPTIONS = { seed: 1, numRuns: 400 };

/** What happens in a minute: an observation, time alone, or somebody does something. */
type Event =
  | { what: 'see'; value: number | undefined }
  | { what: 'wait'; minutes: number }
  | { what: 'do'; kind: Action['kind']; minutes: number };

const events: fc.Arbitrary<Event[]> = fc.array(
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({
        what: fc.constant('see' as const),
        value: fc.option(fc.constantFrom(0, 5, 9, 11, 15, 21, 30), { nil: undefined, freq: 8 }),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ what: fc.constant('wait' as const), minutes: fc.integer({ min: 1, max: 90 }) }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        what: fc.constant('do' as const),
        kind: fc.constantFrom<Action['kind'][]>(
          'acknowledge',
          'unacknowledge',
          'resolve',
          'snooze',
          'unsnooze',
          'note',
        ),
        minutes: fc.integer({ min: 1, max: 90 }),
      }),
    },
  ),
  { minLength: 1, maxLength: 120 },
);

const rules: fc.Arbitrary<Partial<RuleInput>> = fc
  .record({
    forMin: fc.constantFrom(0, 1, 3),
    recover: fc.constantFrom<NonNullable<RuleInput['recover']>[]>(
      { keepFiringMin: 0 },
      { keepFiringMin: 2 },
      { warning: 8, critical: 18, keepFiringMin: 3 },
    ),
    noData: fc.constantFrom('ok', 'keep', 'alert'),
    renotifyMin: fc.constantFrom(undefined, 20),
    escalation: fc.constantFrom<RuleInput['escalation'][]>(undefined, {
      steps: [
        { afterMin: 0, channels: ['desk'] },
        { afterMin: 7, channels: ['sms'] },
      ],
      repeat: { everyMin: 15, times: 2 },
    }),
  })
  .map(({ renotifyMin, escalation, ...rest }) => ({
    ...rest,
    ...(renotifyMin !== undefined && { renotifyMin }),
    ...(escalation && { escalation }),
  }));

function actionOf(play: Play, { kind, minutes }: Extract<Event, { what: 'do' }>): Action {
  const until = new Date(play.now.getTime() + minutes * MINUTE_MS);
  switch (kind) {
    case 'acknowledge':
    case 'snooze':
      return { kind, by: ann, until };
    case 'note':
      return { kind, by: ann, note: 'seen' };
    default:
      return { kind, by: ann };
  }
}

function happen(play: Play, event: Event): void {
  if (event.what === 'see') play.see(event.value);
  else if (event.what === 'wait') play.wait(event.minutes);
  else if (play.episodes.size > 0) {
    try {
      play.do(actionOf(play, event));
    } catch (error) {
      // What the state does not allow is refused, which is what another test is about.
      if (!(error instanceof AppError && error.code === 'conflict')) throw error;
    }
  }
}

describe('the machine of alerts, whatever happens', () => {
  /** Plays the events; what `begin` answers is called after each. */
  function always(begin: () => (play: Play, event: Event) => void) {
    fc.assert(
      fc.property(rules, events, (rule, script) => {
        const play = new Play(rule);
        const check = begin();
        for (const event of script) {
          happen(play, event);
          check(play, event);
        }
      }),
      OPTIONS,
    );
  }

  it('has one live episode at most', () => {
    let most = 0;
    always(() => ({ episodes }) => {
      const live = [...episodes.values()].filter((each) => each.live).length;
      most = Math.max(most, live);
      assert.ok(live <= 1);
    });
    assert.equal(most, 1);
  });

  it('never changes what is over for good, but for notes', () => {
    always(() => {
      const over = new Map<string, string>();
      return ({ episodes }, { what }) => {
        for (const { seq: _seq, ...episode } of episodes.values()) {
          const text = JSON.stringify(episode);
          const before = over.get(episode.id);
          if (before !== undefined && what !== 'do') assert.equal(text, before);
          if (!episode.live) over.set(episode.id, text);
          assert.ok(!episode.live || before === undefined, 'it came back to life');
        }
      };
    });
  });

  it('numbers the lines of each episode 1, 2, 3 …, and no two messages have the same key', () => {
    fc.assert(
      fc.property(rules, events, (rule, script) => {
        const play = new Play(rule);
        const lines = new Map<string, number[]>();
        const keys: string[] = [];
        const take = play.take.bind(play);
        play.take = (change) => {
          const id = change?.episode?.id ?? play.episode?.id ?? '';
          if (change && !change.episode) lines.delete(id);
          else lines.set(id, [...(lines.get(id) ?? []), ...(change?.timeline.map(({ seq }) => seq) ?? [])]);
          keys.push(...(change?.effects.map(({ key }) => `${id} ${key}`) ?? []));
          return take(change);
        };
        for (const event of script) happen(play, event);
        for (const seqs of lines.values())
          assert.deepEqual(
            seqs,
            seqs.map((_, i) => i + 1),
          );
        assert.equal(new Set(keys).size, keys.length);
      }),
      OPTIONS,
    );
  });

  it('calls nobody while somebody has it, it is snoozed, pending or over', () => {
    always(() => {
      let told = 0;
      return ({ episode, now, effects }) => {
        const isQuiet = episode?.acknowledgement || (episode?.snoozedUntil && episode.snoozedUntil > now);
        if (isQuiet || episode?.state === 'pending') {
          assert.equal(episode.escalation.nextAt, undefined);
          const calls = effects.slice(told).filter(({ reason }) => reason === 'escalated' || reason === 'reminded');
          assert.deepEqual(calls, []);
        }
        told = effects.length;
      };
    });
  });

  it('tells the end exactly once of what it told the beginning of', () => {
    always(() => ({ effects, episodes }) => {
      const open = new Set<string>();
      for (const { verb } of effects) {
        if (verb === 'trigger') open.add('it');
        if (verb === 'resolve') assert.ok(open.delete('it'), 'an end without a beginning');
      }
      const live = [...episodes.values()].find((each) => each.live);
      const mayBeOpen = live && live.state !== 'pending' && (live.state !== 'resolved' || live.flapping);
      if (!mayBeOpen) assert.equal(open.size, 0, 'nobody heard the end');
    });
  });

  it('tells a bounded number of messages of data alone, however they swing', () => {
    fc.assert(
      fc.property(rules, fc.array(fc.constantFrom(5, 11, 21), { minLength: 240, maxLength: 240 }), (rule, values) => {
        const play = new Play(rule);
        play.see(...values);
        const calls = play.effects.filter(({ reason }) => reason !== 'escalated' && reason !== 'reminded');
        assert.ok(calls.length <= 40, `${calls.length} messages in four hours`);
      }),
      { ...OPTIONS, numRuns: 100 },
    );
  });

  it('decides the same from the same, and changes none of what it is given', () => {
    fc.assert(
      fc.property(rules, events, (rule, script) => {
        const [one, other] = [new Play(rule), new Play(rule)];
        for (const event of script) {
          for (const episode of one.episodes.values()) deepFreeze(episode);
          happen(one, event);
          happen(other, event);
        }
        assert.deepEqual(one.timeline, other.timeline);
        assert.deepEqual([...one.episodes], [...other.episodes]);
      }),
      OPTIONS,
    );
  });

  it('changes nothing for an observation that is late or comes twice', () => {
    always(() => (play) => {
      const { episode, rule } = play;
      if (!episode?.lastObservation) return;
      const minute = (episode.lastObservation.atMs - observationAt(0).atMs) / MINUTE_MS;
      for (const value of [0, 30]) {
        assert.equal(step(rule, {}, episode, observationAt(minute, value), play.now), undefined);
        assert.equal(step(rule, {}, episode, observationAt(minute - 1, value), play.now), undefined);
      }
    });
  });
});

function deepFreeze(value: unknown): void {
  if (value === null || typeof value !== 'object' || value instanceof Date || Object.isFrozen(value)) return;
  Object.freeze(value);
  for (const each of Object.values(value)) deepFreeze(each);
}
