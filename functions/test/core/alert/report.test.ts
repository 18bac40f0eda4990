import assert from 'node:assert/strict';
import { dataPath, episodeView } from '../../../src/core/alert/episodeView.ts';
import { reportMarkdown, timesOf } from '../../../src/core/alert/report.ts';
import { delivery, episode } from './fixtures.ts';

const at = (minute: number, second = 0) => new Date(Date.UTC(2040, 0, 1, 12, minute, second));
const over = episode({
  ...{ state: 'resolved', group: { provider: 'google' }, notifiedAt: at(1), acknowledgedAt: at(4), endedAt: at(31) },
  resolvedAt: at(30),
  resolution: { by: { uid: 'ann' }, rootCause: 'quota | used up\n# not a heading', resolution: '[raised](http://x)' },
});

describe('the report on an episode', () => {
  const markdown = reportMarkdown({
    episode: over,
    timeline: [
      { seq: 1, at: at(0), reason: 'met_at_once', sentence: 'It fell.', state: 'firing', severity: 'warning' },
      {
        ...{ seq: 2, at: at(4, 5), reason: 'acknowledged', sentence: 'Ann has it.', state: 'acknowledged' },
        ...{ severity: 'warning', by: { uid: 'ann' }, note: '<b>looking</b>\u202e' },
      },
    ],
    deliveries: [delivery({ state: 'sent', sentAt: at(0, 2), attempts: [{ n: 1, at: at(0) }] })],
    impact: {
      ...{ from: at(0), to: at(30), complete: true },
      metrics: { failed: { value: 12, unit: 'count', n: 90 }, wasteUsd: { value: null, unit: 'usd', n: 0 } },
    },
  });
  const lines = markdown.split('\n');

  it('says what, when, whom it concerned and who did what', () => {
    assert.equal(lines[0], '# Low success rate (provider google)');
    for (const line of [
      '| Began, by the data | 2040-01-01 12:00 UTC |',
      '| Over, by the data | 2040-01-01 12:30 UTC |',
      '| First told | 2040-01-01 12:01:00 UTC |',
      '| Time to acknowledge | 3 min |',
      '| Time to resolve | 30 min |',
      '| Resolved by | ann |',
      'From 2040-01-01 12:00 UTC to 2040-01-01 12:30 UTC.',
      '| failed | 12 | count | 90 |',
      '| wasteUsd | — | usd | 0 |',
      '| 2040-01-01 12:00:00 UTC | mail | trigger: Success rate 88.2 % (limit 95 %) | sent at 2040-01-01 12:00:02 UTC | 1 |',
    ]) {
      assert.ok(lines.includes(line), line);
    }
  });

  it('shows what people wrote as text', () => {
    assert.ok(lines.includes('| Root cause | quota \\| used up \\# not a heading |'));
    assert.ok(lines.includes('| Resolution | \\[raised\\](http://x) |'));
    assert.ok(lines.some((line) => line.includes('Ann has it. — \\<b\\>looking\\</b\\> | ann |')));
  });

  it('knows no time for what has not happened', () => {
    assert.deepEqual(timesOf(over), { toAcknowledgeMs: 180_000, toResolveMs: 1_800_000 });
    assert.deepEqual(timesOf(episode()), {});
  });
});

describe('an episode as the API tells it', () => {
  const observation = { atMs: +at(15), fromMs: +at(0), toMs: +at(15), value: 0.9, n: 40 };

  it('links to exactly the numbers that it rests on', () => {
    const about = { group: { provider: 'google', pattern: 'timeout' }, lastObservation: observation };
    assert.equal(
      dataPath(about),
      '/api/v1/summary?from=2040-01-01T12%3A00%3A00.000Z&to=2040-01-01T12%3A15%3A00.000Z&provider=google',
    );
    assert.equal(dataPath(episode()), undefined);
  });

  it('has its observations with times, and null for a value that there is none of', () => {
    const { value: _value, ...nothing } = observation;
    const view = episodeView(episode({ lastObservation: observation, worst: nothing }));
    assert.deepEqual(view.latest, {
      at: at(15).toISOString(),
      from: at(0).toISOString(),
      to: at(15).toISOString(),
      value: 0.9,
      n: 40,
    });
    assert.equal(view.worst?.value, null);
    assert.equal('groupKey' in view, false);
  });
});
