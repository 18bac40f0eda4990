import type { BigQuery, Job } from '@google-cloud/bigquery';
import { clientOf as clientAt } from '../../bigquery/client.ts';
import { type BigQueryOptions, type FaultSettings, type RunningBigQuery, startBigQuery } from '../../bigquery/index.ts';
import { MovableClock } from '../../clock.ts';

export const PROJECT = 'demo-warehouse';
/** Saturday 2026-03-14 12:00 UTC. */
export const NOW_MS = Date.UTC(2026, 2, 14, 12);

export interface Started {
  server: RunningBigQuery;
  client: BigQuery;
  clock: MovableClock;
  faults(settings: Partial<FaultSettings>): Promise<void>;
  stop(): Promise<void>;
}

export const clientOf = (url: string): BigQuery => clientAt(url, PROJECT);

export async function startWithClient(options: Partial<BigQueryOptions> = {}): Promise<Started> {
  const clock = new MovableClock({ startAtMs: NOW_MS, running: false });
  const server = await startBigQuery({ projectId: PROJECT, clock, ...options });
  return {
    server,
    client: clientOf(server.url),
    clock,
    faults: (settings) => setFaults(server.url, settings),
    stop: async () => {
      clock.stop();
      await server.stop();
    },
  };
}

export async function setFaults(url: string, settings: Partial<FaultSettings>): Promise<void> {
  const answer = await fetch(`${url}/__bigquery/faults`, { method: 'POST', body: JSON.stringify(settings) });
  if (!answer.ok) throw new Error(await answer.text());
}

/** Loads `rows` as one load job, as the project does; resolves to the job as it was answered, which for a long load is before it is DONE. */
export async function loadRows(
  client: BigQuery,
  [datasetId, tableId]: readonly [string, string],
  rows: readonly object[],
  { jobId, ...settings }: { jobId?: string } & Record<string, unknown> = {},
) {
  const metadata = { sourceFormat: 'NEWLINE_DELIMITED_JSON', ...settings, ...(jobId !== undefined && { jobId }) };
  const stream = client.dataset(datasetId).table(tableId).createWriteStream(metadata);
  const job = await new Promise<Job>((resolve, reject) => {
    stream.on('error', reject).on('job', resolve);
    stream.end(rows.map((row) => JSON.stringify(row)).join('\n'));
  });
  return job;
}
