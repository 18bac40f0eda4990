import { BigQuery, type Dataset } from '@google-cloud/bigquery';
import { clientOf } from '../../local/bigquery/client.ts';
import { PROJECT_ID } from '../../local/stack/project.ts';

const DEFAULT_PORT = 5_000;
/** What `npm start` gives BigQuery, counted from the site's port. */
const PORT_OFFSET = 5;

/** Where BigQuery is of a system that `npm start` runs, by the port of its site. */
export const localBigQueryUrl = (sitePort: string | undefined): string =>
  `http://127.0.0.1:${Number(sitePort ?? DEFAULT_PORT) + PORT_OFFSET}`;

/** Options of the commands about the warehouse. */
export const WAREHOUSE_USAGE = `  --dataset D     the dataset, as WAREHOUSE_DATASET says (default dailies)
  --location L    where it is (default US)
  --local         of a system that \`npm start\` runs on this machine
  --port N        the port of its site (default ${DEFAULT_PORT})
  --project ID    of a real project, with the credentials of this shell (gcloud auth application-default login)`;

export const WAREHOUSE_OPTIONS = {
  dataset: { type: 'string', default: 'dailies' },
  location: { type: 'string', default: 'US' },
  local: { type: 'boolean', default: false },
  port: { type: 'string', default: String(DEFAULT_PORT) },
  project: { type: 'string' },
} as const;

/** Which warehouse is meant. */
export interface WarehouseTarget {
  dataset: string;
  location: string;
  local: boolean;
  port: string;
  project?: string | undefined;
}

/** The dataset that is meant, of a project or of the local system; undefined where neither is named. */
export function datasetOf({ dataset, location, local, port, project }: WarehouseTarget): Dataset | undefined {
  if (!/^\w{1,1024}$/.test(dataset)) throw new Error(`${dataset} is no name of a dataset: letters, digits and _`);
  const id = project ?? process.env.GCLOUD_PROJECT;
  if (local) {
    return clientOf(localBigQueryUrl(port), PROJECT_ID).dataset(dataset);
  }
  return id === undefined ? undefined : new BigQuery({ projectId: id, location }).dataset(dataset);
}
