import { BigQuery, type BigQueryOptions as ClientOptions, type Job } from '@google-cloud/bigquery';
import { PassThroughClient } from 'google-auth-library';
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

/** Google's own client, which gives up at once where it would repeat. */
export function clientOf(url: string): BigQuery {
  return new BigQuery({ projectId: PROJECT, apiEndpoint: url, authClient: anonymous(), autoRetry: false });
}

/** No credentials. The client's types are of its own copy of google-auth-library; what it calls is the same in both. */
function anonymous(): NonNullable<ClientOptions['authClient']> {
  return new PassThroughClient() as unknown as NonNullable<ClientOptions['authClient']>;
}

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

/** Loads `rows` as one load job, as the project does; resolves to the job's resource once it is DONE. */
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
