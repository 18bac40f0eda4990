import { BigQueryError, invalid } from './errors.ts';
import type { Job, QueryAnswer } from './jobs.ts';
import { resultSchema, type TimestampFormat, wireRow } from './wire.ts';

/** https://cloud.google.com/bigquery/docs/reference/rest/v2/Job */
export function jobResource(job: Job, projectId: string): Record<string, unknown> {
  const { jobId, kind, configuration, state, errorResult, createdMs, startedMs, endedMs, statistics } = job;
  const bytes = String(job.totalBytesProcessed);
  return {
    kind: 'bigquery#job',
    id: `${projectId}:US.${jobId}`,
    jobReference: { projectId, jobId, location: 'US' },
    configuration: { jobType: kind.toUpperCase(), ...configuration },
    status: { state, ...(errorResult && { errorResult, errors: [errorResult] }) },
    statistics: {
      creationTime: String(createdMs),
      ...(startedMs !== undefined && { startTime: String(startedMs) }),
      ...(endedMs !== undefined && { endTime: String(endedMs) }),
      totalBytesProcessed: bytes,
      [kind]: kind === 'query' ? { totalBytesProcessed: bytes, ...statistics } : statistics,
    },
  };
}

/** The job id a caller chose, undefined when it chose none. Throws BigQueryError 400 for one that is not allowed. */
export function jobIdOf(reference: unknown): string | undefined {
  const { jobId } = (reference ?? {}) as { jobId?: unknown };
  if (jobId === undefined) return undefined;
  if (typeof jobId === 'string' && /^[A-Za-z0-9_-]{1,1024}$/.test(jobId)) return jobId;
  throw invalid(`Invalid job ID "${String(jobId)}".`);
}

export interface PageRequest {
  maxRows: number;
  fromRow: number;
  timestamps: TimestampFormat;
}

const MAX_PAGE_ROWS = 100_000;

/** Which rows are asked for, and how. Throws BigQueryError 400. */
export function pageOf(given: Record<string, unknown>): PageRequest {
  const whole = (name: string, otherwise: number): number => {
    const number = Number(given[name] ?? otherwise);
    if (!Number.isInteger(number) || number < 0) throw invalid(`Invalid value for ${name}: ${String(given[name])}`);
    return number;
  };
  const format = given.formatOptions as { useInt64Timestamp?: unknown; timestampOutputFormat?: unknown } | undefined;
  if (format?.timestampOutputFormat !== undefined) {
    throw invalid('The local BigQuery does not know timestampOutputFormat.');
  }
  const micros = String(format?.useInt64Timestamp) === 'true';
  const fromRow = given.pageToken === undefined ? whole('startIndex', 0) : whole('pageToken', 0);
  return {
    maxRows: Math.min(whole('maxResults', MAX_PAGE_ROWS), MAX_PAGE_ROWS),
    fromRow,
    timestamps: micros ? 'micros' : 'seconds',
  };
}

/** One page of a finished query, or that it is not finished. Throws BigQueryError when the job failed. */
export function queryPage(
  job: Job,
  answer: () => QueryAnswer,
  page: PageRequest,
  projectId: string,
): Record<string, unknown> {
  const jobReference = { projectId, jobId: job.jobId, location: 'US' };
  if (job.state !== 'DONE') return { jobReference, jobComplete: false };
  const { errorResult } = job;
  if (errorResult) throw new BigQueryError(400, errorResult.reason, errorResult.message, errorResult.location);
  const { columns, rows } = answer();
  const toRow = page.fromRow + page.maxRows;
  return {
    jobReference,
    jobComplete: true,
    schema: resultSchema(columns),
    totalRows: String(rows.length),
    rows: rows.slice(page.fromRow, toRow).map((row) => wireRow(row, page.timestamps)),
    ...(toRow < rows.length && page.maxRows > 0 && { pageToken: String(toRow) }),
    totalBytesProcessed: String(job.totalBytesProcessed),
    cacheHit: false,
  };
}
