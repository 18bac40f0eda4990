import type { BigQuery, Dataset } from '@google-cloud/bigquery';
import { BIGQUERY_BASE_URL, WAREHOUSE_DATASET } from '../../params.ts';
import { perApp, projectId } from '../app.ts';

/** Of a request that is refused or not answered: by itself the client would try for a quarter of a minute while somebody waits. */
const MAX_RETRIES = 1;

/** The BigQuery client, loaded on first use. Loads have one of their own. */
export const bigQuery: () => Promise<BigQuery> = perApp(async () => {
  const { BigQuery } = await import('@google-cloud/bigquery');
  const apiEndpoint = BIGQUERY_BASE_URL.value();
  const retryOptions = { maxRetries: MAX_RETRIES };
  return new BigQuery({ projectId: projectId(), retryOptions, ...(apiEndpoint && { apiEndpoint }) });
});

/** The name of the warehouse's dataset; undefined where there is no warehouse. Throws for a name that BigQuery would refuse. */
export function warehouseName(): string | undefined {
  const name = WAREHOUSE_DATASET.value();
  if (name === '') return undefined;
  // https://cloud.google.com/bigquery/docs/datasets#dataset-naming
  if (!/^\w{1,1024}$/.test(name)) throw new Error(`WAREHOUSE_DATASET is no name of a dataset: ${name}`);
  return name;
}

/** The warehouse's dataset. Throws where there is no warehouse. */
export async function warehouse(): Promise<Dataset> {
  const name = warehouseName();
  if (name === undefined) throw new Error('WAREHOUSE_DATASET is empty: there is no warehouse');
  return (await bigQuery()).dataset(name);
}
