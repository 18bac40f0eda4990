import assert from 'node:assert/strict';
import {
  channelHealth,
  durationsOf,
  noisiestRules,
  timesToAcknowledge,
  timesToResolve,
} from '../../../src/core/alert/deskStatistics.ts';
import { delivery, episode } from './fixtures.ts';

const at = (minute: number) => new Date(Date.UTC(2040, 0, 1, 12, minute));

describe('the figures of the alert desk', () => {
  it('are missing where nothing was measured', () => {
    assert.deepEqual(durationsOf([]), { meanMs: null, p95Ms: null, n: 0 });
  });

  it('take the percentile by nearest rank, so that it is never below a mean of two', () => {
    const all = Array.from({ length: 21 }, (_, i) => (21 - i) * 1_000);
    assert.deepEqual(durationsOf(all), { meanMs: 11_000, p95Ms: 20_000, n: 21 });
    assert.deepEqual(durationsOf([5]), { meanMs: 5, p95Ms: 5, n: 1 });
  });

  it('count the time to acknowledge and to resolve from when somebody was told', () => {
    const episodes = [
      episode({ notifiedAt: at(0), acknowledgedAt: at(2), endedAt: at(30) }),
      episode({ notifiedAt: at(0), acknowledgedAt: at(4) }),
      episode({ notifiedAt: at(0), endedAt: at(10) }),
      episode({ endedAt: at(10) }),
    ];
    assert.deepEqual(timesToAcknowledge(episodes), { meanMs: 180_000, p95Ms: 240_000, n: 2 });
    assert.deepEqual(timesToResolve(episodes), { meanMs: 1_200_000, p95Ms: 1_800_000, n: 2 });
  });

  it('name the noisiest rules first, by how often they opened', () => {
    const episodes = [
      episode({ rule: 'calm', openings: [at(0)] }),
      episode({ rule: 'noisy', openings: [at(0), at(5)] }),
      episode({ rule: 'noisy', openings: [at(9)] }),
    ];
    const deliveries = [delivery({ rule: 'noisy' }), delivery({ rule: 'calm' }), delivery({ rule: 'noisy' })];
    assert.deepEqual(noisiestRules(episodes, deliveries), [
      { rule: 'noisy', episodes: 2, openings: 3, deliveries: 2 },
      { rule: 'calm', episodes: 1, openings: 1, deliveries: 1 },
    ]);
  });

  it('tell of each channel what arrived, what did not, and how late', () => {
    const attempt = { n: 1, at: at(0) };
    const deliveries = [
      delivery({ channelId: 'b', state: 'sent', createdAt: at(0), sentAt: at(1), attempts: [attempt] }),
      delivery({ channelId: 'b', state: 'dead', attempts: [attempt, { ...attempt, n: 2 }] }),
      delivery({ channelId: 'a', channelKind: 'slack', state: 'waiting' }),
      delivery({ channelId: 'a', channelKind: 'slack', state: 'sending' }),
    ];
    assert.deepEqual(channelHealth(deliveries), [
      {
        ...{ channel: 'a', kind: 'slack', sent: 0, dead: 0, waiting: 2, retried: 0 },
        delayMs: { meanMs: null, p95Ms: null, n: 0 },
      },
      {
        ...{ channel: 'b', kind: 'email', sent: 1, dead: 1, waiting: 0, retried: 1 },
        delayMs: { meanMs: 60_000, p95Ms: 60_000, n: 1 },
      },
    ]);
  });
});
