import fc from 'fast-check';
import type { FaultSettings } from '../../../../local/bigquery/index.ts';
import type { ProjectionLimits } from '../../../src/features/warehouse/index.ts';
import type { CrashPlan } from '../../features/aggregation/crashes.ts';
import { MINUTE_MS } from './world.ts';

/** An event, whether it can be a row, and how long before it is seen it is stamped. */
export interface Told {
  what: 'row' | 'refused' | 'broken';
  lagMs: number;
}

const told: fc.Arbitrary<Told> = fc.record({
  what: fc.constantFrom('row', 'row', 'row', 'row', 'row', 'row', 'row', 'refused', 'broken'),
  lagMs: fc.oneof(
    { weight: 8, arbitrary: fc.nat(110_000) },
    { weight: 3, arbitrary: fc.integer({ min: 2 * MINUTE_MS, max: 50 * MINUTE_MS }) },
  ),
});

const limits: fc.Arbitrary<ProjectionLimits> = fc.record({
  loads: fc.integer({ min: 1, max: 4 }),
  failures: fc.integer({ min: 1, max: 2 }),
  events: fc.integer({ min: 1, max: 9 }),
  bytes: fc.constantFrom(400, 1_000_000),
  page: fc.integer({ min: 1, max: 5 }),
  late: fc.integer({ min: 1, max: 3 }),
  waitsMs: fc.constantFrom([], [1]),
});

const crash: fc.Arbitrary<CrashPlan | undefined> = fc.option(
  fc.record({
    at: fc.integer({ min: 1, max: 9 }),
    side: fc.constantFrom('before' as const, 'after' as const, 'twice' as const),
  }),
  { nil: undefined },
);

const faults: fc.Arbitrary<Partial<FaultSettings>> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ failLoads: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 3, arbitrary: fc.record({ loseAnswers: fc.integer({ min: 1, max: 2 }) }) },
  { weight: 1, arbitrary: fc.constant({ slowMs: 90_000 }) },
  { weight: 1, arbitrary: fc.constant({ down: true }) },
  { weight: 3, arbitrary: fc.constant({ down: false, slowMs: 0 }) },
);

/** Something that happens, of which a process may die. */
export type Deed =
  | { what: 'record'; told: Told[] }
  | { what: 'tick'; limits: ProjectionLimits; crash: CrashPlan | undefined }
  | { what: 'retry'; limits: ProjectionLimits; crash: CrashPlan | undefined }
  /** Events that were none so far are some from now on, as with a newer schema. */
  | { what: 'repair' }
  | { what: 'faults'; faults: Partial<FaultSettings> };

const deed: fc.Arbitrary<Deed> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ what: fc.constant('record' as const), told: fc.array(told, { maxLength: 12 }) }),
  },
  { weight: 6, arbitrary: fc.record({ what: fc.constant('tick' as const), limits, crash }) },
  { weight: 3, arbitrary: fc.record({ what: fc.constant('retry' as const), limits, crash }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('repair' as const) }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('faults' as const), faults }) },
);

/** What happens at the same time, and how much time passes before it. */
export interface Happening {
  afterMs: number;
  deeds: Deed[];
}

export const happenings: fc.Arbitrary<Happening[]> = fc.array(
  fc.record({
    afterMs: fc.oneof(
      { weight: 6, arbitrary: fc.integer({ min: 0, max: 4 * MINUTE_MS }) },
      { weight: 1, arbitrary: fc.integer({ min: 0, max: 40 * MINUTE_MS }) },
    ),
    deeds: fc.array(deed, { minLength: 1, maxLength: 3 }),
  }),
  { minLength: 6, maxLength: 20 },
);
