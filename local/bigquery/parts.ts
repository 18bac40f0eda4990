import type { MovableClock } from '../clock.ts';
import type { Catalog } from './catalog.ts';
import type { Database } from './database.ts';
import type { Faults } from './faults.ts';
import type { Jobs } from './jobs.ts';
import type { Uploads } from './uploads.ts';

/** What a request is answered with. */
export interface Parts {
  clock: MovableClock;
  database: Database;
  catalog: Catalog;
  jobs: Jobs;
  faults: Faults;
  uploads: Uploads;
}

export type Body = Record<string, unknown>;

/** One request of the API: the path's segments after the project, and what came with it. */
export interface ApiCall {
  method: string;
  segments: string[];
  query: URLSearchParams;
  body: Body;
  ifMatch: string | undefined;
}
