import type { RowEvent } from '../../src/core/warehouse/row.ts';
import { aboutCell, ENDED, eventMaker } from './behaviourEvents.ts';

const VEO = 'google/veo/text_to_video';
const REPORTED = 'fal/other/image_to_video';
const event = eventMaker();
const sessions = (user: string, ...days: string[]) => days.map((day) => event('session.started', user, day));
const march = (...days: number[]) => days.map((day) => `2026-03-${String(day).padStart(2, '0')}`);
const asked = (user: string, id: string, at: string, style?: 'cinematic' | 'animation') =>
  event('generation.requested', user, at, { ...aboutCell(VEO, id), ...(style && { style }) }, VEO);
const paid = (user: string, at: string, amountUsdMicros: number) =>
  event('payment.succeeded', user, at, { paymentId: at, amountUsdMicros });

/** Users of the week from Monday 9 March: what they are on Sunday the 8th and on Sunday the 15th. */
export const SEGMENTED: RowEvent[] = [
  // new, new
  event('signup', 'nina', '2026-03-05'),
  ...sessions('nina', '2026-03-10'),
  // unseen, new; and new, new, seen 14 days ago
  event('signup', 'ned', '2026-03-15T23:59:59.999Z'),
  ...sessions('nora', '2026-03-01', '2026-03-02'),
  // active, power: ten days of the last 28
  ...sessions('paul', '2026-01-05', ...march(6, 7, 8, 9, 10, 11, 12, 13, 14, 15)),
  asked('paul', 'p1', '2026-03-10'),
  event('generation.succeeded', 'paul', '2026-03-10', { ...aboutCell(VEO, 'p1'), ...ENDED }, VEO),
  event(
    'generation.corrected',
    'paul',
    '2026-03-20',
    {
      ...{ ...aboutCell(VEO, 'p1'), endedAt: new Date('2026-03-10T12:00:00Z') },
      changes: [{ measure: 'costUsdMicros', from: 800_000, to: 700_000 }],
    },
    VEO,
  ),
  event('generation.failed', 'paul', '2026-03-11', { ...aboutCell(VEO, 'p2'), ...ENDED }, VEO),
  event('generation.cancelled', 'paul', '2026-03-12', { ...aboutCell(VEO, 'p3'), ...ENDED, costUsdMicros: 0 }, VEO),
  paid('paul', '2026-03-09', 10_000_000),
  event('payment.refunded', 'paul', '2026-03-15', { paymentId: 'x', amountUsdMicros: 4_000_000 }),
  paid('paul', '2026-03-16', 70_000_000),
  // active, active: nine days, and one that is the 29th
  ...sessions('nine', '2026-01-05', '2026-02-15', ...march(7, 8, 9, 10, 11, 12, 13, 14, 15)),
  // active, active: 14 days ago
  ...sessions('abel', '2026-01-05', '2026-03-01'),
  // active, at risk: 15 days ago
  ...sessions('rita', '2026-01-05', '2026-02-28'),
  // at risk, at risk: 28 days ago
  ...sessions('rob', '2026-01-05', '2026-02-15'),
  // at risk, dormant: 29 days ago, and pays
  ...sessions('dora', '2026-01-05', '2026-02-14'),
  paid('dora', '2026-03-14', 5_000_000),
  // dormant, dormant: never active
  paid('dan', '2026-01-05', 1_000_000),
  // dormant, active again
  ...sessions('back', '2026-01-05', '2026-03-12'),
  // not yet; nobody
  ...sessions('late', '2026-03-16T00:00:00Z'),
  ...sessions('', '2026-03-12'),
];

/** What users do in the week from Monday 6 April. */
export const ACTIVE: RowEvent[] = [
  event('signup', 'u1', '2026-04-05T23:00:00Z'),
  ...sessions('u1', '2026-04-06T00:00:00Z', '2026-04-12T23:59:59.999Z'),
  asked('u1', 'a1', '2026-04-06T00:10:00Z', 'cinematic'),
  asked('u1', 'a2', '2026-04-06T00:20:00Z', 'animation'),
  event(
    'generation.succeeded',
    'u1',
    '2026-04-08T12:30:00Z',
    { ...aboutCell(REPORTED, 'a3'), ...ENDED, requestedAt: new Date('2026-04-08T12:00:00Z') },
    REPORTED,
  ),
  event(
    'generation.blocked',
    'u1',
    '2026-04-06T00:30:00Z',
    { ...aboutCell(VEO, 'a2'), ...ENDED, chargedCredits: 0, videosDelivered: 0, videoSec: 0 },
    VEO,
  ),
  ...[null, 3].map((from, at) =>
    event(
      'generation.rated',
      'u1',
      '2026-04-30',
      { ...aboutCell(REPORTED, 'a3'), endedAt: new Date('2026-04-08T12:30:00Z'), from, to: 3 + at, videoSec: 8 },
      REPORTED,
    ),
  ),
  event('feature.used', 'u1', '2026-04-06T00:40:00Z', { feature: 'editor' }),
  paid('u1', '2026-04-07', 20_000_000),
  ...sessions('u2', '2026-04-08T12:59:00Z'),
  event('signup', 'u3', '2026-04-09'),
  asked('u3', 'c1', '2026-04-08T12:00:00Z', 'cinematic'),
  event('signup', 'u4', '2026-04-08'),
  event('signup', 'u5', '2026-04-01T00:00:00Z'),
  asked('u5', 'e1', '2026-04-12T12:00:00Z'),
  asked('u5', 'e2', '2026-04-13T00:00:00Z'),
  ...sessions('', '2026-04-08'),
];
