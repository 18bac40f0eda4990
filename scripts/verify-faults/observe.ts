import type { Account } from '../../functions/src/core/account/account.ts';
import type { LedgerEntry } from '../../functions/src/core/credit/ledger.ts';
import type { Generation } from '../../functions/src/core/generation/state.ts';
import type { Processes } from '../../local/stack/processes.ts';
import { BUCKET } from '../../local/stack/project.ts';
import { demand } from '../drive/api.ts';
import { tasksLeft } from '../drive/measure.ts';
import type { Database, LoggedEvent } from './database.ts';
import { type KillHit, type ProviderJob, providerJobs } from './kill.ts';
import type { Ran } from './run.ts';
import type { Asked } from './users.ts';

export interface StoredObject {
  name: string;
  sizeBytes: number;
}

/** Everything that is there once the system has come to rest. */
export interface Observed {
  asked: readonly Asked[];
  kills: readonly KillHit[];
  generations: ReadonlyMap<string, Generation>;
  events: readonly LoggedEvent[];
  metrics: ReadonlyMap<string, object>;
  accounts: readonly Account[];
  ledger: readonly LedgerEntry[];
  jobs: readonly ProviderJob[];
  objects: readonly StoredObject[];
  tasks: number;
}

/** Reads all of it: database, storage, queues, and what the provider has taken. */
export async function observe(stack: Processes, database: Database, { asked, kills }: Ran): Promise<Observed> {
  return {
    ...{ asked, kills },
    generations: new Map((await database.generations()).map((generation) => [generation.id, generation])),
    events: await database.events(),
    metrics: new Map((await database.metrics()).map(({ id, shard: _, ...metrics }) => [id, metrics])),
    accounts: await database.accounts(),
    ledger: await database.ledger(),
    jobs: await providerJobs(stack.vendorsUrl),
    objects: await storedObjects(stack.storageUrl),
    tasks: await tasksLeft(stack.url),
  };
}

async function storedObjects(storageUrl: string): Promise<StoredObject[]> {
  const objects: StoredObject[] = [];
  let pageToken: string | undefined = '';
  while (pageToken !== undefined) {
    const page = (await demand(`${storageUrl}/storage/v1/b/${BUCKET}/o?pageToken=${pageToken}`)) as {
      items?: { name: string; size: string }[];
      nextPageToken?: string;
    };
    objects.push(...(page.items ?? []).map(({ name, size }) => ({ name, sizeBytes: Number(size) })));
    pageToken = page.nextPageToken;
  }
  return objects;
}
