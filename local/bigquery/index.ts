import type { MovableClock } from '../clock.ts';
import { listen } from '../storage/http.ts';
import { Catalog } from './catalog.ts';
import { Database } from './database.ts';
import { Faults } from './faults.ts';
import { Jobs } from './jobs.ts';
import type { Parts } from './parts.ts';
import { answerRequest } from './server.ts';
import { Uploads } from './uploads.ts';

export type { FaultSettings } from './faults.ts';

export interface BigQueryOptions {
  /** The one project there is. */
  projectId: string;
  /** Default 0: any free port. */
  port?: number;
  /** Keeps datasets, tables, rows and load jobs across restarts; without it they are in memory. */
  dataDir?: string;
  /** Dates jobs and tables, answers CURRENT_TIMESTAMP and paces slow jobs. */
  clock: MovableClock;
}

export interface RunningBigQuery {
  /** Give Google's client this as `apiEndpoint`. */
  url: string;
  port: number;
  stop(): Promise<void>;
}

/**
 * Starts a BigQuery on 127.0.0.1: the calls of the v2 REST API that this project makes, on DuckDB. Queries are GoogleSQL
 * inside an allow-list (`sql/`); what is outside is refused by name. Rejects when the port is taken.
 */
export async function startBigQuery({ projectId, port, dataDir, clock }: BigQueryOptions): Promise<RunningBigQuery> {
  const database = await Database.open(dataDir);
  try {
    const faults = new Faults();
    const catalog = await Catalog.open(projectId, database);
    const jobs = await Jobs.open(database, clock, faults);
    const parts: Parts = { clock, database, catalog, jobs, faults, uploads: new Uploads() };
    const server = await listen((request, response) => void answerRequest(request, response, parts), port);
    return {
      url: server.url,
      port: server.port,
      stop: async () => {
        await server.stop();
        await database.close();
      },
    };
  } catch (error) {
    await database.close();
    throw error;
  }
}
