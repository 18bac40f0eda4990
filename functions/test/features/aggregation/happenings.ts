import fc from 'fast-check';
import type { RollupEvent } from '../../../src/core/rollup/contribution.ts';
import type { StepLimits } from '../../../src/features/aggregation/index.ts';
import { event } from '../../core/rollup/arbitrary.ts';
import type { CrashPlan } from './crashes.ts';

/** A day after the clocks of New York went back. */
export const START_MS = Date.parse('2026-11-02T06:20:00Z');
export const ZONES = ['America/New_York', 'Asia/Kathmandu'];

const MINUTE_MS = 60_000;
const DAY_MS = 1_440 * MINUTE_MS;

/** Midnights of all zones, and the hours around the one that New York had twice. */
const EDGES = [
  ...['2026-10-31T04:00Z', '2026-11-01T04:00Z', '2026-11-01T05:00Z', '2026-11-01T06:00Z', '2026-11-01T07:00Z'],
  ...['2026-10-31T18:15Z', '2026-11-01T18:15Z', '2026-11-01T00:00Z', '2026-11-02T00:00Z', '2026-11-02T05:00Z'],
].map((text) => Date.parse(text));

/** Some beside an edge, some so old that little of them is kept, some not yet over. */
const moment = fc
  .oneof(
    { weight: 4, arbitrary: fc.tuple(fc.constantFrom(...EDGES), fc.constantFrom(-MINUTE_MS, -1, 0, 1)) },
    { weight: 3, arbitrary: fc.tuple(fc.constant(START_MS), fc.integer({ min: -3 * DAY_MS, max: 90 * MINUTE_MS })) },
    { weight: 1, arbitrary: fc.tuple(fc.constant(START_MS), fc.integer({ min: -200 * DAY_MS, max: 0 })) },
  )
  .map(([edge, by]) => new Date(edge + by));

/** An event, and how long before it can be seen it is stamped. */
export interface Told {
  event: RollupEvent;
  lagMs: number;
}

const told: fc.Arbitrary<Told> = fc
  .record({
    ...{ event, at: moment, asked: moment },
    lagMs: fc.oneof(
      { weight: 8, arbitrary: fc.nat(9_000) },
      { weight: 1, arbitrary: fc.integer({ min: 20_000, max: 200_000 }) },
    ),
  })
  .map(({ event, at, asked, lagMs }) => {
    const times = { ...('endedAt' in event.body && { endedAt: at }), ...requestedAt(event, asked) };
    return { event: { ...event, occurredAt: at, body: { ...event.body, ...times } as RollupEvent['body'] }, lagMs };
  });

const requestedAt = ({ body }: RollupEvent, asked: Date) => ('requestedAt' in body ? { requestedAt: asked } : {});

const limits: fc.Arbitrary<StepLimits> = fc.oneof(
  fc.record({
    events: fc.integer({ min: 1, max: 9 }),
    documents: fc.integer({ min: 1, max: 80 }),
    bytes: fc.integer({ min: 500, max: 20_000 }),
    page: fc.integer({ min: 1, max: 5 }),
  }),
  fc.constant({ events: 2_000, documents: 1_000, bytes: 6_000_000, page: 500 }),
);

const crash: fc.Arbitrary<CrashPlan | undefined> = fc.option(
  fc.record({
    at: fc.integer({ min: 1, max: 14 }),
    side: fc.constantFrom('before' as const, 'after' as const, 'twice' as const),
  }),
  { nil: undefined },
);

const days = fc.record({ back: fc.nat(3), length: fc.nat(1) });

/** Something that one process does, which may die of it. */
export type Deed =
  | { what: 'record'; told: Told[] }
  | { what: 'tick'; limits: StepLimits; crash: CrashPlan | undefined }
  | { what: 'rebuild'; back: number; length: number; crash: CrashPlan | undefined };

const deed: fc.Arbitrary<Deed> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ what: fc.constant('record' as const), told: fc.array(told, { maxLength: 12 }) }),
  },
  { weight: 6, arbitrary: fc.record({ what: fc.constant('tick' as const), limits, crash }) },
  {
    weight: 1,
    arbitrary: fc.record({ what: fc.constant('rebuild' as const), days, crash }).map(({ days, ...rest }) => {
      return { ...rest, ...days };
    }),
  },
);

/** What happens at the same time, and how much time passes before it. */
export interface Happening {
  afterMs: number;
  deeds: Deed[];
}

export const happenings: fc.Arbitrary<Happening[]> = fc.array(
  fc.record({
    afterMs: fc.oneof(
      { weight: 6, arbitrary: fc.integer({ min: 0, max: 70_000 }) },
      { weight: 2, arbitrary: fc.integer({ min: 0, max: 25 * MINUTE_MS }) },
    ),
    deeds: fc.array(deed, { minLength: 1, maxLength: 3 }),
  }),
  { minLength: 4, maxLength: 14 },
);
