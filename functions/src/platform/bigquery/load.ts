import type { BigQuery, Table } from '@google-cloud/bigquery';
import { BIGQUERY_BASE_URL } from '../../params.ts';
import { perApp, projectId } from '../app.ts';
import { warehouseName } from './client.ts';

/** Milliseconds after which nobody waits for the answer to an upload any more; the job may run all the same. */
const UPLOAD_TIMEOUT_MS = 120_000;

/** A load job as BigQuery tells of it. */
export type LoadJob =
  | { state: 'running' }
  | { state: 'loaded'; rows: number }
  /** Nothing was loaded. `reason` is one of https://cloud.google.com/bigquery/docs/error-messages. */
  | { state: 'failed'; reason: string; message: string };

/** BigQuery refuses to take a load job at all: there is no job of that id then. */
export class LoadRefused extends Error {
  readonly reason: string;

  constructor({ message, errors }: ApiError) {
    super(message);
    this.name = 'LoadRefused';
    this.reason = errors?.[0]?.reason ?? 'unknown';
  }
}

type ApiError = Error & { code?: number | string; errors?: { reason?: string }[] };

/** A client that repeats nothing by itself: where an answer is lost the job is looked for, by its id. */
const client: () => Promise<BigQuery> = perApp(async () => {
  const { BigQuery } = await import('@google-cloud/bigquery');
  const apiEndpoint = BIGQUERY_BASE_URL.value();
  const retryOptions = { autoRetry: false };
  return new BigQuery({ projectId: projectId(), retryOptions, ...(apiEndpoint && { apiEndpoint }) });
});

/** Where the warehouse's data is, such as US: a job can only be looked for there. Asked once. */
const location: () => Promise<string> = perApp(async () => {
  const [metadata] = await (await client()).dataset(warehouseName() ?? '').getMetadata();
  return metadata.location;
});

/**
 * Sends newline-delimited JSON to be appended to a table by a load job of this id. Answers undefined where it is not known whether
 * BigQuery took it (an answer was lost, or the id is taken): look for the job then. Throws LoadRefused where it certainly did not.
 */
export async function sendLoad(table: string, jobId: string, lines: readonly string[]): Promise<LoadJob | undefined> {
  const handle = (await client()).dataset(warehouseName() ?? '').table(table, { location: await location() });
  try {
    return jobOf(await uploaded(handle, jobId, lines));
  } catch (error) {
    const { code } = error as ApiError;
    const isDefinite = typeof code === 'number' && code >= 400 && code < 500 && !UNCERTAIN.has(code);
    if (isDefinite) throw new LoadRefused(error as ApiError);
    // Whether it came that far is for the caller to find out.
    return undefined;
  }
}

/** Answers that leave open what became of the job, or say that its id is taken. */
const UNCERTAIN = new Set([408, 409, 429]);

/** A load job by its id; undefined when BigQuery has never heard of it. */
export async function findLoad(jobId: string): Promise<LoadJob | undefined> {
  const job = (await client()).job(jobId, { location: await location() });
  try {
    const [metadata] = await job.getMetadata();
    return jobOf(metadata);
  } catch (error) {
    if ((error as ApiError).code === 404) return undefined;
    throw error;
  }
}

function uploaded(table: Table, jobId: string, lines: readonly string[]): Promise<JobResource> {
  const settings = { sourceFormat: 'NEWLINE_DELIMITED_JSON', writeDisposition: 'WRITE_APPEND' };
  const upload = table.createWriteStream({ ...settings, createDisposition: 'CREATE_NEVER', jobId });
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => upload.destroy(new Error('no answer to the upload')), UPLOAD_TIMEOUT_MS);
    const ended = (settle: () => void) => {
      clearTimeout(timer);
      settle();
    };
    upload.on('error', (error) => ended(() => reject(error)));
    upload.on('job', (job: { metadata: JobResource; removeAllListeners(): void }) => {
      // The client would go on asking for the job in the background; that is done here, and ends.
      job.removeAllListeners();
      ended(() => resolve(job.metadata));
    });
    for (let from = 0; from < lines.length; from += 1_000)
      upload.write(`${lines.slice(from, from + 1_000).join('\n')}\n`);
    upload.end();
  });
}

/** What is read of https://cloud.google.com/bigquery/docs/reference/rest/v2/Job */
interface JobResource {
  status?: { state?: string; errorResult?: { reason?: string; message?: string } };
  statistics?: { load?: { outputRows?: string } };
}

function jobOf({ status, statistics }: JobResource): LoadJob {
  const { state, errorResult } = status ?? {};
  if (state !== 'DONE') return { state: 'running' };
  if (!errorResult) return { state: 'loaded', rows: Number(statistics?.load?.outputRows ?? 0) };
  const { reason = 'unknown', message = '' } = errorResult;
  return { state: 'failed', reason, message };
}
