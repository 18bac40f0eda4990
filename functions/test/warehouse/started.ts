import { setTimeout as sleep } from 'node:timers/promises';
import type { BigQuery } from '@google-cloud/bigquery';
import { startBigQuery } from '../../../local/bigquery/index.ts';
import { MovableClock } from '../../../local/clock.ts';
import { clientOf, loadRows, PROJECT } from '../../../local/test/bigquery/started.ts';
import { sqlText, viewText } from '../../../scripts/warehouse/sql.ts';
import { type EventRow, type RowEvent, rowOf } from '../../src/core/warehouse/row.ts';
import { migrate } from '../../src/features/warehouse/migrate.ts';
import { plainRow } from '../../src/platform/bigquery/values.ts';

const LOOK_EVERY_MS = 50;
const MAX_LOOKS = 400;

/** A warehouse with nothing around it, for the queries in `scripts/sql`. */
export interface StartedWarehouse {
  client: BigQuery;
  /** Loads events as the projection does, recorded when they happened. */
  load(events: readonly RowEvent[]): Promise<void>;
  /** Runs `scripts/sql/<name>.sql`; rows as platform/bigquery answers them. */
  ask<Row>(name: string, params?: Record<string, unknown>): Promise<Row[]>;
  stop(): Promise<void>;
}

/** Starts a BigQuery with the tables and views of the warehouse. */
export async function startWarehouse(nowMs = Date.parse('2026-03-14T12:00:00Z')): Promise<StartedWarehouse> {
  const clock = new MovableClock({ startAtMs: nowMs, running: false });
  const server = await startBigQuery({ projectId: PROJECT, clock });
  const client = clientOf(server.url);
  await migrate(client.dataset('dailies'), { location: 'US', textOf: viewText });
  return {
    client,
    async load(events) {
      const rows: EventRow[] = events.map((event) => rowOf(event, event.occurredAt.toISOString()));
      const job = await loadRows(client, ['dailies', 'events'], rows);
      // A long load is answered before it is done.
      for (let looks = 0; job.metadata.status.state !== 'DONE' && looks < MAX_LOOKS; looks++) {
        await sleep(LOOK_EVERY_MS);
        await job.getMetadata();
      }
      const { state, errorResult } = job.metadata.status;
      if (state !== 'DONE') throw new Error(`the load is still ${state}`);
      if (errorResult) throw new Error(errorResult.message);
    },
    async ask<Row>(name: string, params: Record<string, unknown> = {}) {
      const [rows] = await client.query({ query: await sqlText(name), params });
      return rows.map(plainRow) as Row[];
    },
    async stop() {
      clock.stop();
      await server.stop();
    },
  };
}
