import assert from 'node:assert/strict';
import type { SegmentRow } from '../../src/core/insights/behaviourSegments.ts';
import type {
  ActivityRow,
  FirstGenerationRow,
  HourRow,
  PreferenceRow,
} from '../../src/core/insights/behaviourViews.ts';
import { type PersonRow, personOf } from '../../src/core/insights/person.ts';
import { type StartedWarehouse, startWarehouse } from '../warehouse/started.ts';
import { ACTIVE, SEGMENTED } from './behaviourFixture.ts';

describe('insights: behaviour by hand', () => {
  let warehouse: StartedWarehouse;
  const week = (start: string, end: string) => ({
    ...{ periods: [`${start}/${end}`] },
    ...{ from: new Date(`${start}T00:00:00Z`), to: new Date(`${end}T00:00:00Z`) },
  });
  const MARCH = week('2026-03-09', '2026-03-16');
  const APRIL = week('2026-04-06', '2026-04-13');

  before(async () => {
    warehouse = await startWarehouse(Date.parse('2026-05-02T12:00:00Z'));
    await warehouse.load([...SEGMENTED, ...ACTIVE]);
  });
  after(() => warehouse?.stop());

  it('segments', async () => {
    const rows = await warehouse.ask<SegmentRow>('behaviour/segments', MARCH);
    const idle = [0, 0, 0, 0, 0];
    assert.deepEqual(
      rows.map(({ period: _, ...row }) => Object.values(row)),
      [
        // Users, generations, succeeded, ran, cost, net revenue.
        ['active', 'active', 2, ...idle],
        ['active', 'at_risk', 1, ...idle],
        ['active', 'power', 1, 3, 1, 2, 1_500_000, 6_000_000],
        ['at_risk', 'at_risk', 1, ...idle],
        ['at_risk', 'dormant', 1, 0, 0, 0, 0, 5_000_000],
        ['dormant', 'active', 1, ...idle],
        ['dormant', 'dormant', 1, ...idle],
        ['new', 'new', 2, ...idle],
        ['unseen', 'new', 1, ...idle],
      ],
    );
    // Nora is new for the last time on the 15th.
    const next = await warehouse.ask<SegmentRow>('behaviour/segments', week('2026-03-16', '2026-03-17'));
    const moved = next.find((row) => row.earlier_segment === 'new' && row.segment === 'active');
    assert.equal(moved?.users, 1);
  });

  it('generations and sessions by user', async () => {
    const [row] = await warehouse.ask<ActivityRow>('behaviour/activity', APRIL);
    assert.ok(row);
    const { period: _, users, generations, users_generating, sessions, users_with_session, ...deciles } = row;
    // u1: 3 and 2, u2: 0 and 1, u3 and u5: 1 and 0; of four the deciles are at ranks 1 1 2 2 2 3 3 4 4.
    assert.deepEqual([users, generations, users_generating, sessions, users_with_session], [4, 5, 3, 3, 2]);
    assert.equal(Object.values(deciles).join(' '), '0 0 1 1 1 1 1 3 3 0 0 0 0 0 1 1 2 2');
  });

  it('preferences', async () => {
    const rows = await warehouse.ask<PreferenceRow>('behaviour/preferences', APRIL);
    assert.deepEqual(
      rows.map(({ period: _, ...row }) => Object.values(row)),
      [
        // Generations, users, users who prefer it: of u1's three styles the first by name.
        ['kind', 'image_to_video', 1, 1, 0],
        ['kind', 'text_to_video', 4, 3, 3],
        ['model', 'fal/other', 1, 1, 0],
        ['model', 'google/veo', 4, 3, 3],
        ['style', 'animation', 1, 1, 1],
        ['style', 'cinematic', 2, 2, 1],
        ['style', 'none', 2, 2, 1],
      ],
    );
  });

  it('hours of the week', async () => {
    const rows = await warehouse.ask<HourRow>('behaviour/hours', APRIL);
    assert.deepEqual(
      rows.map(({ hour_of_week, actions, users }) => [hour_of_week, actions, users]),
      // Monday 00, Wednesday 12, Sunday 12 and 23.
      [
        [0, 4, 1],
        [60, 3, 3],
        [156, 1, 1],
        [167, 1, 1],
      ],
    );
  });

  it('times to the first generation', async () => {
    const [row] = await warehouse.ask<FirstGenerationRow>('behaviour/firstGenerations', APRIL);
    assert.ok(row);
    const { period: _, users, users_after_signup, total_ms, ...deciles } = row;
    // u1 took 70 minutes, u5 eleven days and a half; u3 signed up afterwards.
    assert.deepEqual([users, users_after_signup, total_ms], [3, 2, 4_200_000 + 993_600_000]);
    assert.deepEqual(Object.values(deciles), [...Array(5).fill(4_200_000), ...Array(4).fill(993_600_000)]);
  });

  it('a person', async () => {
    const of = async (userKey: string, from: string) =>
      personOf(
        await warehouse.ask<PersonRow>('behaviour/person', {
          ...{ userKey, from: new Date(from), to: new Date('2026-05-03T00:00:00Z') },
          recentFrom: new Date('2026-04-08T00:00:00Z'),
        }),
        Date.parse('2026-05-02T12:00:00Z'),
      );
    const nothing = { succeeded: 0, failed: 0, blocked: 0, cancelled: 0, expired: 0 };
    const { since, ...person } = await of('u1', '2025-01-01');
    assert.equal(since, '2025-05-03');
    assert.deepEqual(person, {
      firstActiveAt: '2026-04-06T00:00:00.000Z',
      lastActiveAt: '2026-04-12T23:59:59.999Z',
      activeDays: 2,
      segment: 'at_risk',
      sessions: 2,
      generations: { asked: 3, ...nothing, succeeded: 1, blocked: 1 },
      models: [
        { name: 'google/veo', times: 2 },
        { name: 'fal/other', times: 1 },
      ],
      kinds: [
        { name: 'text_to_video', times: 2 },
        { name: 'image_to_video', times: 1 },
      ],
      styles: ['animation', 'cinematic', 'none'].map((name) => ({ name, times: 1 })),
      features: [{ name: 'editor', times: 1 }],
      ...{ videos: 1, videoSec: 8, ratings: { n: 1, mean: 4 }, creditsSpent: 80 },
      payments: { n: 1, paidUsdMicros: 20_000_000, refundedUsdMicros: 0 },
    });
    const unknown = await of('nobody-knows', '2025-01-01');
    assert.deepEqual(unknown, {
      ...{ since, activeDays: 0, sessions: 0, generations: { asked: 0, ...nothing } },
      ...{
        models: [],
        kinds: [],
        styles: [],
        features: [],
        videos: 0,
        videoSec: 0,
        ratings: { n: 0 },
        creditsSpent: 0,
      },
      payments: { n: 0, paidUsdMicros: 0, refundedUsdMicros: 0 },
    });
  });
});
