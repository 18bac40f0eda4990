import { BigQuery, type BigQueryOptions } from '@google-cloud/bigquery';
import { PassThroughClient } from 'google-auth-library';

/** Google's own client, for the local BigQuery: without credentials, and giving up at once where it would repeat. */
export function clientOf(url: string, projectId: string): BigQuery {
  return new BigQuery({ projectId, apiEndpoint: url, authClient: anonymous(), autoRetry: false });
}

/** The client's types are of its own copy of google-auth-library; what it calls is the same in both. */
function anonymous(): NonNullable<BigQueryOptions['authClient']> {
  return new PassThroughClient() as unknown as NonNullable<BigQueryOptions['authClient']>;
}
