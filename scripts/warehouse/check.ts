import type { Dataset } from '@google-cloud/bigquery';
import { parametersOf, samplesOf, WrongParameters } from './parameters.ts';
import { sqlText } from './sql.ts';

/** What BigQuery says of one query. */
export interface CheckedQuery {
  name: string;
  /** What it would read, of the 30 days before now where it takes a period. */
  bytes?: number;
  /** Why it cannot run. */
  refusal?: string;
}

/** Lets BigQuery plan each of these queries, and run none. Rejects where BigQuery cannot be asked. */
export async function checkQueries(dataset: Dataset, names: readonly string[], now: Date): Promise<CheckedQuery[]> {
  const checked: CheckedQuery[] = [];
  for (const name of names) checked.push({ name, ...(await checkText(dataset, await sqlText(name), now)) });
  return checked;
}

/** The same for a query's text. */
export async function checkText(
  { bigQuery, id = '' }: Dataset,
  sql: string,
  now: Date,
): Promise<Omit<CheckedQuery, 'name'>> {
  try {
    const names = parametersOf(sql);
    const [job] = await bigQuery.createQueryJob({
      query: sql.replace(/\bdailies\./g, `${id}.`),
      ...(names.length > 0 && samplesOf(names, now)),
      dryRun: true,
    });
    return { bytes: Number(job.metadata.statistics.totalBytesProcessed) };
  } catch (error) {
    if (error instanceof WrongParameters || isRefusal(error)) return { refusal: error.message };
    throw error;
  }
}

/** A query that BigQuery understood to be wrong, or about a table that is not there. */
function isRefusal(error: unknown): error is Error {
  const { code, errors } = (error ?? {}) as { code?: unknown; errors?: { reason?: string }[] };
  return code === 400 || (code === 404 && errors?.[0]?.reason === 'notFound');
}
