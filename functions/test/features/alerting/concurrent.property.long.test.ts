import assert from 'node:assert/strict';
import fc from 'fast-check';
import { channels } from '../../../src/channels/index.ts';
import { elapse } from '../../../src/core/alert/elapse.ts';
import type { Episode } from '../../../src/core/alert/episode.ts';
import { recipients } from '../../../src/core/alert/recipients.ts';
import type { Rule, RuleInput } from '../../../src/core/alert/rule.ts';
import { step } from '../../../src/core/alert/step.ts';
import { evaluate } from '../../../src/features/alerting/index.ts';
import { observeAll } from '../../../src/features/alerting/observe/index.ts';
import { notificationId } from '../../../src/features/alerting/outbox.ts';
import { alertEpisodes, notifications, timeline } from '../../../src/platform/alerts.ts';
import { capturedLogs, type Logs } from '../../stack/harness.ts';
import { type Fate, MINUTE_MS, World } from './world.ts';

const RULES: RuleInput[] = [
  {
    ...{ slug: 'success', name: 'Success', metric: 'successRate', groupBy: ['provider'], windowMin: 2 },
    condition: { type: 'threshold', op: '<', warning: 0.9, critical: 0.5 },
    ...{ forMin: 1, recover: { keepFiringMin: 2 }, renotifyMin: 7 },
    escalation: { steps: [{ afterMin: 3, channels: ['pager'] }] },
  },
  {
    ...{ slug: 'errors', name: 'Errors', metric: 'errorCount', windowMin: 1 },
    condition: { type: 'threshold', op: '>', critical: 3 },
  },
];
const CHANNELS = [
  {
    id: 'desk',
    kind: 'webhook',
    url: 'http://127.0.0.1:9/',
    secret: `whsec_${Buffer.alloc(24, 7).toString('base64')}`,
  },
  {
    id: 'pager',
    kind: 'webhook',
    url: 'http://127.0.0.1:9/',
    secret: `whsec_${Buffer.alloc(24, 7).toString('base64')}`,
  },
];

/** What the providers did in a minute, and who evaluated it: each with where it dies or how many minutes it stands still. */
interface Minute {
  google: number;
  kling: number | undefined;
  evaluators: { at: number; fate: 'lives' | 'before' | 'after' | 'held'; minutes: number }[];
}

const failures = fc.constantFrom(0, 0, 0, 2, 8);
const minutes = fc.array(
  fc.record({
    google: failures,
    kling: fc.option(failures, { nil: undefined, freq: 4 }),
    evaluators: fc.array(
      fc.record({
        at: fc.nat(4),
        fate: fc.constantFrom<Minute['evaluators'][number]['fate'][]>('lives', 'lives', 'before', 'after', 'held'),
        minutes: fc.integer({ min: 1, max: 4 }),
      }),
      { maxLength: 6 },
    ),
  }),
  { minLength: 4, maxLength: 10 },
);

describe('evaluations at the same time', function () {
  this.timeout(180_000);
  const world = new World();

  let logs: Logs;

  before(async () => {
    logs = capturedLogs();
    await world.start(CHANNELS);
  });
  after(async () => {
    await world.stop();
    logs.restore();
  });

  /** What one evaluator, alone and undisturbed, would have made of it. */
  class Reference {
    readonly episodes = new Map<string, Episode>();
    readonly lines = new Map<string, number>();
    readonly outbox = new Set<string>();

    async see(rules: readonly Rule[], now: Date): Promise<void> {
      const atMs = now.getTime() - MINUTE_MS;
      const observations = await observeAll(rules, atMs, { aggregation: undefined, now });
      for (const rule of rules) {
        const seen = new Map(observations.get(rule.slug));
        for (const { group, groupKey } of this.#live(rule)) {
          const nothing = { atMs, fromMs: atMs - rule.windowMin * MINUTE_MS, toMs: atMs, n: 0 };
          if (!seen.has(groupKey)) seen.set(groupKey, { group, observation: nothing });
        }
        for (const [key, { group, observation }] of seen) {
          const before = this.#live(rule).find(({ groupKey }) => groupKey === key);
          this.#take(before, step(rule, group, before, observation, now));
        }
      }
      this.passTime(rules, now);
    }

    passTime(rules: readonly Rule[], now: Date): void {
      for (const rule of rules) {
        for (const episode of this.#live(rule)) {
          let current: Episode | undefined = episode;
          for (
            let change = elapse(rule, episode, now);
            current && change;
            change = current && elapse(rule, current, now)
          ) {
            this.#take(current, change);
            current = change.episode;
          }
        }
      }
    }

    #live = (rule: Rule) => [...this.episodes.values()].filter((each) => each.live && each.rule === rule.slug);

    #take(before: Episode | undefined, change: ReturnType<typeof step>): void {
      if (!change) return;
      const { episode, timeline: lines, effects } = change;
      if (!episode) {
        if (before) this.episodes.delete(before.id);
        return;
      }
      this.episodes.set(episode.id, episode);
      this.lines.set(episode.id, (this.lines.get(episode.id) ?? 0) + lines.length);
      for (const effect of effects) {
        for (const channel of recipients(effect, channels()).channelIds) {
          this.outbox.add(notificationId(episode.id, effect.key, channel));
        }
      }
    }
  }

  async function play(script: readonly Minute[]): Promise<void> {
    world.reset();
    const rules = await world.putRules(RULES);
    const reference = new Reference();
    const startMs = Math.ceil((world.clock.now() + 1) / MINUTE_MS) * MINUTE_MS;
    const held: { until: number; release: () => void; done: Promise<void> }[] = [];
    for (const [i, minute] of script.entries()) {
      world.clock.moveTo(startMs + (i + 1) * MINUTE_MS);
      // What time brings at this moment comes first, else it would be a matter of chance whether it does before the data.
      const now = new Date(world.clock.now());
      await evaluate();
      reference.passTime(rules, now);
      const counts = (failed: number) => ({ failed, succeeded: 10 - failed });
      await world.putMinute(startMs + (i - 1) * MINUTE_MS, {
        google: counts(minute.google),
        ...(minute.kling !== undefined && { kling: counts(minute.kling) }),
      });
      await world.countUp();
      const released = held.filter(({ until }) => until <= i);
      for (const { release } of released) release();
      const running: Promise<void>[] = released.map(({ done }) => done);
      for (const { at, fate, minutes: stands } of minute.evaluators) {
        if (fate !== 'held') {
          const side = fate === 'lives' ? undefined : ({ side: fate } satisfies Fate);
          running.push(world.meeting(side, at, evaluate));
          continue;
        }
        const { promise: gate, resolve: release } = Promise.withResolvers<void>();
        held.push({ until: i + stands, release, done: world.meeting({ side: 'held', gate }, at, evaluate) });
      }
      await Promise.all(running);
      await evaluate();
      await reference.see(rules, now);
    }
    for (const { release, done } of held) {
      release();
      await done;
    }
    await assertSame(reference);
  }

  async function assertSame(reference: Reference): Promise<void> {
    const stored = (await alertEpisodes().get()).docs.map((doc) => doc.data());
    const known = stored.map(({ shard: _shard, ...episode }) => episode as Episode);
    const plain = (episodes: Iterable<Episode>) =>
      [...episodes].sort((a, b) => (a.id < b.id ? -1 : 1)).map((each) => JSON.parse(JSON.stringify(each)));
    assert.deepEqual(plain(known), plain(reference.episodes.values()));
    for (const { id } of known) {
      const lines = (await timeline(id).get()).docs.map((doc) => doc.data().seq).sort((a, b) => a - b);
      assert.deepEqual(new Set(lines).size, lines.length);
      assert.equal(lines.length, reference.lines.get(id), id);
    }
    const outbox = (await notifications().get()).docs.map(({ id }) => id).sort();
    assert.deepEqual(outbox, [...reference.outbox].sort());
  }

  it('make what one alone would make, whoever is late, dies or is there ten times', async () => {
    let alive = 0;
    await fc.assert(
      fc.asyncProperty(minutes, async (script) => {
        await play(script);
        alive += (await alertEpisodes().get()).size;
      }),
      { seed: 11, numRuns: 15, endOnFailure: true },
    );
    assert.ok(alive > 20, `${alive} episodes in all`);
  });

  it('begin one episode when ten begin it at once', async () => {
    const evaluators = Array.from({ length: 10 }, () => ({ at: 0, fate: 'lives' as const, minutes: 1 }));
    const bad = { google: 8, kling: 8, evaluators };
    await play([bad, bad, bad]);
    const open = (await alertEpisodes().where('live', '==', true).get()).docs.map((doc) => doc.data());
    assert.deepEqual(open.map(({ rule, groupKey }) => `${rule} ${groupKey}`).sort(), [
      'errors {}',
      'success {"provider":"google"}',
      'success {"provider":"kling"}',
    ]);
  });
});
