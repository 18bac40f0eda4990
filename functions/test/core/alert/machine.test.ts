import assert from 'node:assert/strict';
import type { Action } from '../../../src/core/alert/act.ts';
import { elapse } from '../../../src/core/alert/elapse.ts';
import { step } from '../../../src/core/alert/step.ts';
import { withdraw } from '../../../src/core/alert/withdraw.ts';
import { AppError } from '../../../src/core/errors.ts';
import { ann, bob, MINUTE_MS, observationAt, Play } from './play.ts';

const at = (play: Play, minutes: number) => new Date(play.now.getTime() + minutes * MINUTE_MS);
const times = <T>(n: number, value: T): T[] => Array.from({ length: n }, () => value);

describe('the machine of alerts', () => {
  const cases: { name: string; play: () => Play; state: string; reasons: string; told: string[] }[] = [
    {
      name: 'fires at once without a wait',
      play: () => new Play().see(5, 11),
      state: 'firing warning',
      reasons: 'met_at_once',
      told: ['trigger/met_at_once/warning'],
    },
    {
      name: 'waits as long as the rule says',
      play: () => new Play({ forMin: 2 }).see(11, 12),
      state: 'pending warning',
      reasons: 'condition_met',
      told: [],
    },
    {
      name: 'fires when it has held long enough',
      play: () => new Play({ forMin: 2 }).see(11, 12, 13),
      state: 'firing warning',
      reasons: 'condition_met held_long_enough',
      told: ['trigger/held_long_enough/warning'],
    },
    {
      name: 'drops what did not hold',
      play: () => new Play({ forMin: 2 }).see(11, 12, 10),
      state: 'none',
      reasons: 'condition_met',
      told: [],
    },
    {
      name: 'gets worse and better, each with its own line',
      play: () => new Play().see(11, 21, 15),
      state: 'firing warning',
      reasons: 'met_at_once severity_raised severity_lowered',
      told: ['trigger/met_at_once/warning', 'trigger/severity_raised/critical', 'update/severity_lowered/critical'],
    },
    {
      name: 'calls nobody because it got better; as a warning it waits for half an hour of its own',
      play: () => new Play().see(...times(40, 21), ...times(30, 15)),
      state: 'firing warning',
      reasons: 'met_at_once severity_lowered',
      told: ['trigger/met_at_once/critical', 'update/severity_lowered/critical'],
    },
    {
      name: 'does not get worse by one bad minute',
      play: () => new Play({ forMin: 2 }).see(11, 11, 11, 21, 11, 21),
      state: 'firing warning',
      reasons: 'condition_met held_long_enough',
      told: ['trigger/held_long_enough/warning'],
    },
    {
      name: 'is over at once without keep-firing, told to those who knew the worst of it',
      play: () => new Play().see(21, 15, 10),
      state: 'resolved warning',
      reasons: 'met_at_once severity_lowered recovered',
      told: ['trigger/met_at_once/critical', 'update/severity_lowered/critical', 'resolve/recovered/critical'],
    },
    {
      name: 'recovers for as long as the rule keeps firing',
      play: () => new Play({ recover: { keepFiringMin: 3 } }).see(11, 9, 9, 9),
      state: 'recovering warning',
      reasons: 'met_at_once condition_cleared',
      told: ['trigger/met_at_once/warning'],
    },
    {
      name: 'is over when that has lasted',
      play: () => new Play({ recover: { keepFiringMin: 3 } }).see(11, 9, 9, 9, 9),
      state: 'resolved warning',
      reasons: 'met_at_once condition_cleared recovered',
      told: ['trigger/met_at_once/warning', 'resolve/recovered/warning'],
    },
    {
      name: 'falls back while it recovers, and tells nobody',
      play: () => new Play({ recover: { keepFiringMin: 3 } }).see(11, 9, 11, 9),
      state: 'recovering warning',
      reasons: 'met_at_once condition_cleared condition_returned condition_cleared',
      told: ['trigger/met_at_once/warning'],
    },
    {
      name: 'recovers beyond the bound of recovery only',
      play: () => new Play({ recover: { warning: 8, keepFiringMin: 0 } }).see(11, 9, 8.5),
      state: 'firing warning',
      reasons: 'met_at_once',
      told: ['trigger/met_at_once/warning'],
    },
    {
      name: 'opens again what was over only shortly',
      play: () => new Play().see(11, 9, ...times(10, 9), 11),
      state: 'firing warning',
      reasons: 'met_at_once recovered fired_again',
      told: ['trigger/met_at_once/warning', 'resolve/recovered/warning', 'trigger/fired_again/warning'],
    },
    {
      name: 'begins another after a quarter of an hour',
      play: () => new Play().see(11, 9, ...times(15, 9), 11),
      state: 'firing warning',
      reasons: 'met_at_once recovered met_at_once',
      told: ['trigger/met_at_once/warning', 'resolve/recovered/warning', 'trigger/met_at_once/warning'],
    },
    {
      name: 'says once that it flaps, then is quiet',
      play: () => new Play().see(11, 9, 11, 9, 11, 9, 11, 9, 11),
      state: 'firing warning',
      reasons:
        'met_at_once recovered fired_again recovered fired_again flapping recovered fired_again recovered fired_again',
      told: [
        ...['trigger/met_at_once/warning', 'resolve/recovered/warning'],
        ...['trigger/fired_again/warning', 'resolve/recovered/warning', 'trigger/flapping/warning'],
      ],
    },
    {
      name: 'tells of worse also while it flaps, once',
      play: () => new Play().see(11, 9, 11, 9, 11, 9, 21, 9, 21),
      state: 'firing critical',
      reasons:
        'met_at_once recovered fired_again recovered fired_again flapping recovered fired_again recovered fired_again',
      told: [
        ...['trigger/met_at_once/warning', 'resolve/recovered/warning', 'trigger/fired_again/warning'],
        ...['resolve/recovered/warning', 'trigger/flapping/warning', 'trigger/fired_again/critical'],
      ],
    },
    {
      name: 'tells the end of flapping when it has been over for half an hour',
      play: () => new Play().see(11, 9, 11, 9, 11, 9, ...times(30, 9)),
      state: 'none',
      reasons: 'met_at_once recovered fired_again recovered fired_again flapping recovered settled',
      told: [
        ...['trigger/met_at_once/warning', 'resolve/recovered/warning', 'trigger/fired_again/warning'],
        ...['resolve/recovered/warning', 'trigger/flapping/warning', 'resolve/settled/warning'],
      ],
    },
    {
      name: 'tells that it fires when flapping has settled so',
      play: () => new Play().see(11, 9, 11, 9, ...times(31, 11)),
      state: 'firing warning',
      reasons: 'met_at_once recovered fired_again recovered fired_again flapping settled',
      told: [
        ...['trigger/met_at_once/warning', 'resolve/recovered/warning', 'trigger/fired_again/warning'],
        ...['resolve/recovered/warning', 'trigger/flapping/warning', 'trigger/settled/warning'],
      ],
    },
    {
      name: 'takes no data as good',
      play: () => new Play().see(11, undefined),
      state: 'resolved warning',
      reasons: 'met_at_once recovered',
      told: ['trigger/met_at_once/warning', 'resolve/recovered/warning'],
    },
    {
      name: 'stays as it was without data, where the rule says so',
      play: () => new Play({ noData: 'keep', recover: { keepFiringMin: 1 } }).see(11, 9, undefined, undefined),
      state: 'recovering warning',
      reasons: 'met_at_once condition_cleared',
      told: ['trigger/met_at_once/warning'],
    },
    {
      name: 'fires at the highest severity without data, where the rule says so',
      play: () => new Play({ noData: 'alert' }).see(undefined),
      state: 'firing critical',
      reasons: 'no_data',
      told: ['trigger/no_data/critical'],
    },
    {
      name: 'says nothing of too small a sample',
      play: () => new Play({ minSamples: 2 }).see(11, 21),
      state: 'none',
      reasons: '',
      told: [],
    },
    {
      name: 'calls more people when nobody acknowledges a warning for half an hour, and tells them the end',
      play: () => new Play().see(...times(31, 11), 9),
      state: 'resolved warning',
      reasons: 'met_at_once escalated recovered',
      told: [
        ...['trigger/met_at_once/warning', 'trigger/escalated/warning/sms/pagerduty'],
        'resolve/recovered/warning/+sms+pagerduty',
      ],
    },
    {
      name: 'takes the steps of the rule in their order, and repeats them as often as it says',
      play: () =>
        new Play({
          escalation: {
            steps: [5, 10].map((afterMin) => ({ afterMin, channels: [`step${afterMin}`] })),
            repeat: { everyMin: 20, times: 1 },
          },
        }).see(...times(90, 11)),
      state: 'firing warning',
      reasons: 'met_at_once escalated escalated escalated escalated',
      told: [
        'trigger/met_at_once/warning',
        ...['step5', 'step10', 'step5', 'step10'].map((channel) => `trigger/escalated/warning/${channel}`),
      ],
    },
    {
      name: 'reminds for as long as nobody has it',
      play: () =>
        new Play({ renotifyMin: 10 })
          .see(...times(25, 11))
          .do({ kind: 'acknowledge', by: ann })
          .wait(60),
      state: 'acknowledged warning',
      reasons: 'met_at_once reminded reminded acknowledged',
      told: [
        ...['trigger/met_at_once/warning', 'update/reminded/warning', 'update/reminded/warning'],
        'acknowledge/acknowledged/warning',
      ],
    },
    {
      name: 'calls nobody more once it is acknowledged',
      play: () => new Play().see(11).do({ kind: 'acknowledge', by: ann }).wait(120),
      state: 'acknowledged warning',
      reasons: 'met_at_once acknowledged',
      told: ['trigger/met_at_once/warning', 'acknowledge/acknowledged/warning'],
    },
    {
      name: 'fires again when the acknowledgement runs out, and calls people again',
      play: () => {
        const play = new Play().see(11);
        return play.do({ kind: 'acknowledge', by: ann, until: at(play, 20) }).wait(51);
      },
      state: 'firing warning',
      reasons: 'met_at_once acknowledged acknowledgement_expired escalated',
      told: [
        ...['trigger/met_at_once/warning', 'acknowledge/acknowledged/warning'],
        ...['trigger/acknowledgement_expired/warning', 'trigger/escalated/warning/sms/pagerduty'],
      ],
    },
    {
      name: 'fires again when the acknowledgement is taken back',
      play: () => new Play().see(11).do({ kind: 'acknowledge', by: ann }).do({ kind: 'unacknowledge', by: bob }),
      state: 'firing warning',
      reasons: 'met_at_once acknowledged unacknowledged',
      told: [...['trigger/met_at_once/warning', 'acknowledge/acknowledged/warning', 'trigger/unacknowledged/warning']],
    },
    {
      name: 'is nobody’s any more when it gets worse',
      play: () => new Play().see(11).do({ kind: 'acknowledge', by: ann }).see(21),
      state: 'firing critical',
      reasons: 'met_at_once acknowledged severity_raised',
      told: [
        ...['trigger/met_at_once/warning', 'acknowledge/acknowledged/warning', 'trigger/severity_raised/critical'],
      ],
    },
    {
      name: 'stays acknowledged when it falls back',
      play: () => new Play({ recover: { keepFiringMin: 5 } }).see(11).do({ kind: 'acknowledge', by: ann }).see(9, 11),
      state: 'acknowledged warning',
      reasons: 'met_at_once acknowledged condition_cleared condition_returned',
      told: ['trigger/met_at_once/warning', 'acknowledge/acknowledged/warning'],
    },
    {
      name: 'tells of an acknowledgement that ran out while it recovered when it falls back',
      play: () => {
        const play = new Play({ recover: { keepFiringMin: 30 } }).see(11);
        return play.do({ kind: 'acknowledge', by: ann, until: at(play, 2) }).see(9, 9, 9, 9, 11);
      },
      state: 'firing warning',
      reasons: 'met_at_once acknowledged condition_cleared condition_returned acknowledgement_expired',
      told: [
        ...['trigger/met_at_once/warning', 'acknowledge/acknowledged/warning'],
        'trigger/acknowledgement_expired/warning',
      ],
    },
    {
      name: 'calls again when the acknowledgement is taken back while it recovers',
      play: () =>
        new Play({ recover: { keepFiringMin: 30 } })
          .see(11)
          .do({ kind: 'acknowledge', by: ann })
          .see(9)
          .do({ kind: 'unacknowledge', by: ann }),
      state: 'recovering warning',
      reasons: 'met_at_once acknowledged condition_cleared unacknowledged',
      told: [...['trigger/met_at_once/warning', 'acknowledge/acknowledged/warning', 'trigger/unacknowledged/warning']],
    },
    {
      name: 'settles in silence when somebody has it',
      play: () =>
        new Play()
          .see(11, 9, 11, 9, 11)
          .do({ kind: 'acknowledge', by: ann })
          .see(...times(31, 11)),
      state: 'acknowledged warning',
      reasons: 'met_at_once recovered fired_again recovered fired_again flapping acknowledged settled',
      told: [
        ...['trigger/met_at_once/warning', 'resolve/recovered/warning', 'trigger/fired_again/warning'],
        ...['resolve/recovered/warning', 'trigger/flapping/warning', 'acknowledge/acknowledged/warning'],
      ],
    },
    {
      name: 'tells nobody while it is snoozed, and tells again at its end',
      play: () => {
        const play = new Play().see(11);
        return play.do({ kind: 'snooze', by: ann, until: at(play, 45) }).see(21, ...times(44, 21));
      },
      state: 'firing critical',
      reasons: 'met_at_once snoozed severity_raised snooze_ended',
      told: ['trigger/met_at_once/warning', 'trigger/snooze_ended/critical'],
    },
    {
      name: 'tells the end of what was told, though it is snoozed',
      play: () => {
        const play = new Play().see(11);
        return play.do({ kind: 'snooze', by: ann, until: at(play, 60) }).see(9, 11, 9);
      },
      state: 'resolved warning',
      reasons: 'met_at_once snoozed recovered fired_again recovered',
      told: ['trigger/met_at_once/warning', 'resolve/recovered/warning'],
    },
    {
      name: 'stays resolved by hand for as long as it never cleared',
      play: () =>
        new Play()
          .see(11)
          .do({ kind: 'resolve', by: ann })
          .see(...times(120, 11)),
      state: 'resolved warning',
      reasons: 'met_at_once resolved_by_hand',
      told: ['trigger/met_at_once/warning', 'resolve/resolved_by_hand/warning'],
    },
    {
      name: 'is another one when it had cleared after that',
      play: () => new Play().see(11).do({ kind: 'resolve', by: ann }).see(11, 9, 11),
      state: 'firing warning',
      reasons: 'met_at_once resolved_by_hand met_at_once',
      told: ['trigger/met_at_once/warning', 'resolve/resolved_by_hand/warning', 'trigger/met_at_once/warning'],
    },
    {
      name: 'fires again six hours after it was resolved by hand when it never cleared',
      play: () =>
        new Play({ forMin: 5 })
          .see(...times(6, 11))
          .do({ kind: 'resolve', by: ann })
          .see(...times(360, 11)),
      state: 'firing warning',
      reasons: 'condition_met held_long_enough resolved_by_hand fired_again',
      told: [
        ...['trigger/held_long_enough/warning', 'resolve/resolved_by_hand/warning', 'trigger/fired_again/warning'],
      ],
    },
    {
      name: 'is over when its rule is gone',
      play: () => {
        const play = new Play().see(11);
        return play.take(withdraw(play.latest, play.now));
      },
      state: 'none',
      reasons: 'met_at_once rule_changed',
      told: ['trigger/met_at_once/warning', 'resolve/rule_changed/warning'],
    },
    {
      name: 'compares with what was before',
      play: () => {
        const condition = { type: 'change', direction: 'down', against: 'week', warning: 0.2 } as const;
        const play = new Play({ condition });
        for (const [minute, value, before] of [
          [1, 81, 100],
          [2, 79, 0],
          [3, 79, 100],
        ] as const) {
          play.minute = minute;
          play.take(step(play.rule, {}, play.episode, observationAt(minute, value, { before }), play.now));
        }
        return play;
      },
      state: 'firing warning',
      reasons: 'met_at_once',
      told: ['trigger/met_at_once/warning'],
    },
    {
      name: 'misses what is absent',
      play: () => {
        const play = new Play({ condition: { type: 'absence', severity: 'info' } }).see(3);
        return play.take(step(play.rule, {}, undefined, observationAt(2, 0, { n: 0 }), play.now));
      },
      state: 'firing info',
      reasons: 'met_at_once',
      told: ['trigger/met_at_once/info'],
    },
  ];

  for (const { name, play, state, reasons, told } of cases) {
    it(name, () => {
      const played = play();
      const { episode } = played;
      assert.equal(episode ? `${episode.state} ${episode.severity}` : 'none', state);
      assert.equal(played.reasons(), reasons);
      assert.deepEqual(played.told(), told);
    });
  }

  it('drops a pending one that the data say nothing of for an hour, whatever no data mean', () => {
    const play = new Play({ forMin: 90, noData: 'keep' }).see(11, ...times(59, undefined));
    assert.equal(play.episode?.state, 'pending');
    assert.equal(play.see(undefined).episode, undefined);
  });

  it('is over for good, and that is told, when what seemed to come back is not heard of again', () => {
    const play = new Play({ forMin: 3, noData: 'keep' });
    const once = [...times(4, 11), 9];
    play.see(...once, ...once, ...times(4, 11), 9, 11, ...times(100, undefined));
    assert.equal(play.episode, undefined);
    assert.equal(play.told().at(-1), 'resolve/settled/warning');
  });

  it('keeps the time in which it first fired and in which it was first acknowledged', () => {
    const play = new Play().see(11);
    const firstAt = play.now;
    play.wait(3).do({ kind: 'acknowledge', by: ann });
    const acknowledgedAt = play.now;
    play.see(9, 11, 9);
    const { notifiedAt, acknowledgedAt: acknowledged, endedAt, openings, resolution } = play.latest;
    assert.deepEqual([notifiedAt, acknowledged, endedAt], [firstAt, acknowledgedAt, play.now]);
    assert.equal(openings.length, 2);
    assert.deepEqual(resolution, { by: 'auto' });
  });

  it('was never critical when it was so only before it fired', () => {
    assert.equal(new Play({ forMin: 2 }).see(21, 11, 11).latest.peakSeverity, 'warning');
  });

  it('remembers the worst that was seen', () => {
    assert.equal(new Play().see(11, 19, 12).latest.worst?.value, 19);
    const low = new Play({ condition: { type: 'threshold', op: '<', critical: 10 } }).see(9, 2, 8);
    assert.equal(low.latest.worst?.value, 2);
  });

  describe('refuses what the state does not allow, and says the state', () => {
    const refusals: [string, () => Play, Action, RegExp][] = [
      [
        'to acknowledge twice',
        () => new Play().see(11).do({ kind: 'acknowledge', by: ann }),
        { kind: 'acknowledge', by: bob },
        /ann has acknowledged it/,
      ],
      [
        'to acknowledge what is pending',
        () => new Play({ forMin: 5 }).see(11),
        { kind: 'acknowledge', by: bob },
        /pending/,
      ],
      ['to acknowledge what is over', () => new Play().see(11, 9), { kind: 'acknowledge', by: bob }, /resolved/],
      ['to take back what nobody has', () => new Play().see(11), { kind: 'unacknowledge', by: bob }, /firing/],
      [
        'to resolve twice',
        () => new Play().see(11).do({ kind: 'resolve', by: ann }),
        { kind: 'resolve', by: bob },
        /resolved/,
      ],
      [
        'to snooze what is over',
        () => new Play().see(11, 9),
        { kind: 'snooze', by: bob, until: new Date(9e12) },
        /resolved/,
      ],
      ['to wake what is not snoozed', () => new Play().see(11), { kind: 'unsnooze', by: bob }, /not snoozed/],
    ];
    for (const [name, play, action, message] of refusals) {
      it(name, () => {
        const played = play();
        const before = structuredClone(played.latest);
        assert.throws(
          () => played.do(action),
          (error) => error instanceof AppError && error.code === 'conflict' && message.test(error.message),
        );
        assert.deepEqual(played.latest, before);
      });
    }

    it('to be held until a time that is past', () => {
      const play = new Play().see(11);
      for (const kind of ['acknowledge', 'snooze'] as const) {
        assert.throws(
          () => play.do({ kind, by: ann, until: play.now }),
          (error) => error instanceof AppError && error.code === 'invalid_request',
        );
      }
    });
  });

  it('takes notes in every state and changes nothing else', () => {
    const play = new Play().see(11, 9).do({ kind: 'note', by: ann, note: 'It was the quota.' });
    assert.equal(play.latest.state, 'resolved');
    const { seq, note, by, reason } = play.timeline.at(-1) ?? assert.fail();
    assert.deepEqual({ seq, note, by, reason }, { seq: 3, note: 'It was the quota.', by: ann, reason: 'note' });
  });

  it('works on what was stored without its own notes', () => {
    const play = new Play().see(11);
    const { progress: _gone, ...bare } = play.latest;
    assert.equal(elapse(play.rule, bare, play.now), undefined);
    assert.equal(step(play.rule, {}, bare, observationAt(2, 9), play.now)?.episode?.state, 'resolved');
  });
});
