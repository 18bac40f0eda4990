import assert from 'node:assert/strict';
import { segmentsOf } from '../../src/core/insights/behaviourSegments.ts';
import { SEGMENTS, type Segment } from '../../src/core/insights/segment.ts';

describe('insights: money of few users', () => {
  const told = (users: Partial<Record<Segment, number>>) =>
    segmentsOf(
      SEGMENTS.map((segment) => ({
        ...{ period: 'p', earlier_segment: 'unseen', segment, users: users[segment] ?? 0 },
        ...{ generations: 0, succeeded: 0, ran: 0, cost_usd_micros: 1, net_usd_micros: 2 },
      })),
    )
      .segments.filter(({ money }) => money)
      .map(({ segment }) => segment);

  it('is not told, nor what it could be worked out from', () => {
    assert.deepEqual(told({ new: 5, power: 6, active: 7, at_risk: 8, dormant: 9 }), [...SEGMENTS]);
    assert.deepEqual(told({ new: 5, power: 6, active: 7, at_risk: 0, dormant: 9 }), [
      'new',
      'power',
      'active',
      'dormant',
    ]);
    assert.deepEqual(told({ new: 50, power: 6, active: 70, at_risk: 4, dormant: 90 }), ['new', 'active', 'dormant']);
    assert.deepEqual(told({ new: 50, power: 3, active: 70, at_risk: 2, dormant: 90 }), ['new', 'active', 'dormant']);
    assert.deepEqual(told({ new: 4 }), []);
  });
});
