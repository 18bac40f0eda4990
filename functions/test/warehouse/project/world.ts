import { Timestamp } from 'firebase-admin/firestore';
import { type FaultSettings, startBigQuery } from '../../../../local/bigquery/index.ts';
import { MovableClock } from '../../../../local/clock.ts';
import { PROJECT_ID } from '../../../../local/stack/project.ts';
import { startStorage } from '../../../../local/storage/server.ts';
import { setFaults } from '../../../../local/test/bigquery/started.ts';
import { shardOf } from '../../../src/core/shard.ts';
import type { RowEvent } from '../../../src/core/warehouse/row.ts';
import { type Column, EVENTS } from '../../../src/core/warehouse/tables.ts';
import { PROJECTION_LIMITS, type ProjectionLimits } from '../../../src/features/warehouse/index.ts';
import { bigQuery } from '../../../src/platform/bigquery/client.ts';
import { deadLettersAfter } from '../../../src/platform/deadLetters.ts';
import { firestore } from '../../../src/platform/firestore.ts';
import { heldProgress } from '../../../src/platform/warehouse.ts';
import { startStore } from '../../features/aggregation/store.ts';

export const START_MS = Date.parse('2026-11-02T06:20:00Z');
export const MINUTE_MS = 60_000;

/** Small, and with no patience: a job that is not done at once is left to the next tick. */
export const SMALL: ProjectionLimits = { ...PROJECTION_LIMITS, events: 6, page: 2, late: 3, waitsMs: [] };

/** A table that refuses events without a page, of which the projection's own check knows nothing. */
export const PAGES_ONLY: readonly Column[] = EVENTS.columns.map((column) =>
  column.name === 'page' ? { ...column, mode: 'REQUIRED' } : column,
);

/** A log and a BigQuery, which the projection runs between in this process, at a time that the test moves. */
export async function startWorld() {
  const clock = new MovableClock({ startAtMs: START_MS, running: false });
  const server = await startBigQuery({ projectId: PROJECT_ID, clock });
  // Of Cloud Storage there is only the account, whose tokens BigQuery's client sends.
  const storage = await startStorage({ projectId: PROJECT_ID, buckets: [], clock });
  const store = await startStore(() => clock.now(), {
    ...{ WAREHOUSE_DATASET: 'dailies', BIGQUERY_BASE_URL: server.url, WAREHOUSE_MAX_BYTES_BILLED: '1000000000' },
    GOOGLE_APPLICATION_CREDENTIALS: storage.serviceAccountFile,
  });
  await (await bigQuery()).createDataset('dailies');
  const rowsOf = async (query: string) => (await (await bigQuery()).query(query))[0];
  const noFaults = async () => {
    await fetch(`${server.url}/__bigquery/faults`, { method: 'DELETE' });
  };
  return {
    ...{ clock, store, rowsOf, noFaults },
    faults: (settings: Partial<FaultSettings>) => setFaults(server.url, settings),
    pass: (ms: number) => clock.moveTo(clock.now() + ms),
    /** An empty log, and an empty table of these columns (null: no table). */
    async beginAnew(columns: readonly Column[] | null = EVENTS.columns): Promise<void> {
      await Promise.all([store.firestore.reset(), noFaults()]);
      const table = (await bigQuery()).dataset('dailies').table(EVENTS.name);
      await table.delete({ ignoreNotFound: true });
      if (!columns) return;
      const timePartitioning = { type: 'DAY', field: EVENTS.partitionBy };
      await table.create({ schema: { fields: columns.map((column) => ({ ...column })) }, timePartitioning });
    },
    /** Records events now, and lets so much time pass that they are settled. */
    async told(events: Recorded): Promise<void> {
      await record(events, clock.now());
      clock.moveTo(clock.now() + 3 * MINUTE_MS);
    },
    async addColumns(columns: readonly Column[]): Promise<void> {
      const table = (await bigQuery()).dataset('dailies').table(EVENTS.name);
      await table.setMetadata({ schema: { fields: columns.map((column) => ({ ...column })) } });
    },
    /** The ids of the events in BigQuery, in order; an event that is there twice is in it twice. */
    loaded: async (): Promise<string[]> => {
      const rows = await rowsOf('SELECT event_id FROM dailies.events');
      return rows.map(({ event_id }: { event_id: string }) => event_id).sort();
    },
    async stop() {
      await store.stop();
      clock.stop();
      await server.stop();
      await storage.stop();
    },
  };
}

export type World = Awaited<ReturnType<typeof startWorld>>;

export const progress = async () => (await heldProgress()).progress;

/** The ids of the events in dead letters, and why. */
export const letters = async () =>
  (await deadLettersAfter(undefined, 100)).map(({ letter: { id, reason } }) => [id, reason]);

/** Events; anything may be wrong with them. */
export type Recorded = readonly (Omit<Partial<RowEvent>, 'body'> & { id: string; body?: unknown })[];

/** Puts events into the log, stamped at a moment. */
export async function record(events: Recorded, stampedMs: number): Promise<void> {
  const batch = firestore().batch();
  for (const { id, ...event } of events) {
    const ref = firestore().collection('analytics_events').doc(id);
    batch.create(ref, { ...event, shard: shardOf(id), recordedAt: Timestamp.fromMillis(stampedMs) });
  }
  await batch.commit();
}

const told = { occurredAt: new Date(START_MS - 5 * MINUTE_MS), userKey: 'u' };

/** Views of a page. */
export const views = (...ids: string[]) =>
  ids.map((id) => ({ ...told, id, type: 'page.viewed' as const, body: { page: `/${id}` } }));

/** Events without a page. */
export const features = (...ids: string[]) =>
  ids.map((id) => ({ ...told, id, type: 'feature.used' as const, body: { feature: 'zoom' } }));

/** Events that are none. */
export const broken = (...ids: string[]) =>
  ids.map((id) => ({ ...told, id, type: 'page.viewed' as const, body: { page: 5, more: true } }));

/** Gives a describe its world, begun anew before each test and a minute later: the time is part of what names a job. */
export function eachInWorld(give: (world: World) => void, ...columns: Parameters<World['beginAnew']>): void {
  let world: World | undefined;
  before(async () => {
    world = await startWorld();
    give(world);
  });
  after(() => world?.stop());
  beforeEach(async () => {
    world?.pass(MINUTE_MS);
    await world?.beginAnew(...columns);
  });
}
