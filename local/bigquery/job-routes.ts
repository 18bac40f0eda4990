import { randomUUID } from 'node:crypto';
import { invalid } from './errors.ts';
import { jobIdOf, jobResource, pageOf, queryPage } from './job-resource.ts';
import type { Job } from './jobs.ts';
import { load } from './load.ts';
import { parseLoad } from './load-request.ts';
import type { ApiCall, Body, Parts } from './parts.ts';
import { type PreparedQuery, prepareQuery, runQuery } from './query.ts';

/** As long as this an insert waits for its job: most answers then say DONE, and no client has to poll. */
const INSERT_GRACE_MS = 500;
const MAX_WAIT_MS = 10_000;

/** https://cloud.google.com/bigquery/docs/reference/rest/v2/jobs: get, and insert of a query. */
export async function answerJobs(call: ApiCall, parts: Parts): Promise<Body | undefined> {
  const { method, segments, body } = call;
  const { projectId } = parts.catalog;
  const jobId = segments[1];
  if (jobId !== undefined) {
    if (method !== 'GET' || segments.length > 2) return undefined;
    return jobResource(parts.jobs.get(jobId), projectId);
  }
  if (method !== 'POST') return undefined;
  const { jobReference } = body;
  const configuration = (body.configuration ?? {}) as Body;
  const query = configuration.query as Body | null | undefined;
  if (!query) throw invalid('The local BigQuery runs query jobs, and load jobs by upload.');
  const chosenId = jobIdOf(jobReference);
  if (chosenId !== undefined) parts.jobs.requireUnused(chosenId);
  const prepared = await prepareQuery(query, parts);
  if (configuration.dryRun === true) return dryRun(configuration, prepared, projectId);
  const job = await startQuery(chosenId ?? randomUUID(), configuration, prepared, parts);
  await parts.jobs.settled(job.jobId, INSERT_GRACE_MS);
  return jobResource(job, projectId);
}

/** https://cloud.google.com/bigquery/docs/running-queries#dry-run: checked and measured, not run; its id stays free. */
function dryRun(configuration: Body, { columns, totalBytesProcessed }: PreparedQuery, projectId: string): Body {
  const statistics = { statementType: 'SELECT', totalBytesProcessedAccuracy: 'UPPER_BOUND' };
  const job: Job = {
    jobId: '',
    kind: 'query',
    configuration,
    state: 'DONE',
    createdMs: 0,
    statistics,
    totalBytesProcessed,
  };
  return { ...jobResource(job, projectId), jobReference: { projectId, location: 'US' }, schema: { fields: columns } };
}

function startQuery(jobId: string, configuration: Body, query: PreparedQuery, parts: Parts): Promise<Job> {
  return parts.jobs.start({ jobId, kind: 'query', configuration }, (job) => runQuery(job, query, parts));
}

/** A load job whose data has arrived. Throws BigQueryError 400 for a bad request, 409 for an id used before. */
export async function insertLoad(metadata: Body, bytes: Buffer, parts: Parts): Promise<Job> {
  const configuration = (metadata.configuration ?? {}) as Body;
  if (!configuration.load) throw invalid('An upload must be a load job.');
  const request = parseLoad(configuration.load as Body, parts.catalog.projectId);
  const jobId = jobIdOf(metadata.jobReference) ?? randomUUID();
  parts.jobs.requireUnused(jobId);
  parts.catalog.dataset(request.datasetId);
  const job = await parts.jobs.start({ jobId, kind: 'load', configuration }, async (started) => {
    await load(started, request, bytes, parts);
    return undefined;
  });
  await parts.jobs.settled(jobId, INSERT_GRACE_MS);
  return job;
}

/** https://cloud.google.com/bigquery/docs/reference/rest/v2/jobs/query and getQueryResults. */
export async function answerQueries(call: ApiCall, parts: Parts): Promise<Body | undefined> {
  const { method, segments, query, body } = call;
  const { jobs, catalog } = parts;
  const jobId = segments[1];
  if (jobId !== undefined && method === 'GET') {
    const given: Body = Object.fromEntries([...query].filter(([name]) => !name.startsWith('formatOptions.')));
    const formatOptions = Object.fromEntries(
      [...query].flatMap(([name, value]) => (name.startsWith('formatOptions.') ? [[name.slice(14), value]] : [])),
    );
    const page = pageOf({ ...given, formatOptions });
    const job = jobs.get(jobId);
    await jobs.settled(jobId, waitMs(given.timeoutMs));
    return {
      kind: 'bigquery#getQueryResultsResponse',
      ...queryPage(job, () => jobs.answer(jobId), page, catalog.projectId),
    };
  }
  if (jobId !== undefined || method !== 'POST') return undefined;
  const {
    formatOptions,
    maxResults,
    timeoutMs,
    requestId: _id,
    jobCreationMode: _mode,
    location: _place,
    kind: _kind,
    dryRun: dry,
    ...settings
  } = body;
  const prepared = await prepareQuery(settings, parts);
  const configuration = { query: settings };
  const kind = 'bigquery#queryResponse';
  if (dry === true) return { kind, jobComplete: true, totalBytesProcessed: String(prepared.totalBytesProcessed) };
  const job = await startQuery(randomUUID(), configuration, prepared, parts);
  await jobs.settled(job.jobId, waitMs(timeoutMs));
  const page = pageOf({ formatOptions, ...(maxResults !== undefined && { maxResults }) });
  return { kind, ...queryPage(job, () => jobs.answer(job.jobId), page, catalog.projectId) };
}

function waitMs(timeoutMs: unknown): number {
  const asked = Number(timeoutMs ?? MAX_WAIT_MS);
  return Number.isFinite(asked) ? Math.max(0, Math.min(asked, MAX_WAIT_MS)) : MAX_WAIT_MS;
}
