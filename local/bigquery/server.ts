import type { IncomingMessage, ServerResponse } from 'node:http';
import { StorageError } from '../storage/errors.ts';
import { followClock, readJson, sendJson } from '../storage/http.ts';
import { answerDatasets, answerTables } from './dataset-routes.ts';
import { BigQueryError, invalid, notFound, sendBigQueryError } from './errors.ts';
import { answerJobs, answerQueries } from './job-routes.ts';
import type { ApiCall, Body, Parts } from './parts.ts';
import { answerUpload } from './upload-routes.ts';

/** Answers one request; never 500, which Google's client would repeat for 15 s. */
export async function answerRequest(request: IncomingMessage, response: ServerResponse, parts: Parts): Promise<void> {
  try {
    await route(request, response, parts);
  } catch (error) {
    if (response.headersSent || response.destroyed) response.destroy();
    else sendBigQueryError(response, asRefusal(error));
  } finally {
    // What a refusal left unread must not be taken for the connection's next request.
    if (!request.complete) request.resume();
  }
}

function asRefusal(error: unknown): BigQueryError {
  if (error instanceof BigQueryError) return error;
  if (
    error instanceof StorageError ||
    error instanceof SyntaxError ||
    error instanceof URIError ||
    error instanceof RangeError
  ) {
    return new BigQueryError(400, 'parseError', error.message);
  }
  return new BigQueryError(501, 'notImplemented', `The local BigQuery failed: ${String(error)}`);
}

async function route(request: IncomingMessage, response: ServerResponse, parts: Parts): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://bigquery.invalid');
  const { pathname } = url;
  if (pathname === '/__clock' && request.method === 'POST') {
    await followClock(request, parts.clock);
    return sendJson(response, 200, parts.clock.state());
  }
  if (pathname === '/__bigquery/faults') return answerFaults(request, response, parts);
  if (parts.faults.settings.down) throw new BigQueryError(503, 'backendError', 'The service is currently unavailable.');
  const match = /^(\/upload)?(?:\/bigquery\/v2)?\/projects\/([^/]+)\/(.+)$/.exec(pathname);
  const [, upload, projectId = '', rest = ''] = match ?? [];
  if (!match) throw notFound(`${request.method} ${pathname}`);
  if (projectId !== parts.catalog.projectId) throw notFound(`Project ${projectId}`);
  if (upload && rest === 'jobs') return answerUpload(request, response, url, parts);
  const call = await apiCall(request, url, rest);
  const body = await answerApi(call, parts);
  if (body === undefined)
    throw new BigQueryError(501, 'notImplemented', `The local BigQuery does not know ${request.method} ${pathname}.`);
  if (call.method === 'POST' && rest === 'jobs' && parts.faults.take('loseAnswers')) response.destroy();
  else if (call.method === 'DELETE') response.writeHead(204).end();
  else sendJson(response, 200, body);
}

async function apiCall(request: IncomingMessage, { searchParams }: URL, rest: string): Promise<ApiCall> {
  const body = ((await readJson(request)) ?? {}) as Body;
  if (typeof body !== 'object' || Array.isArray(body)) throw invalid('The body must be a JSON object.');
  const segments = rest.split('/').map(decodeURIComponent);
  // Google's client may send any verb as POST with the real one beside it.
  const method = String(request.headers['x-http-method-override'] ?? request.method);
  return { method, segments, query: searchParams, body, ifMatch: request.headers['if-match'] };
}

async function answerApi(call: ApiCall, parts: Parts): Promise<Body | undefined> {
  const [collection, , sub] = call.segments;
  if (collection === 'datasets' && sub === 'tables' && call.segments.length <= 4) return answerTables(call, parts);
  if (collection === 'datasets' && sub === undefined) return answerDatasets(call, parts);
  if (collection === 'jobs') return answerJobs(call, parts);
  if (collection === 'queries') return answerQueries(call, parts);
  return undefined;
}

async function answerFaults(request: IncomingMessage, response: ServerResponse, { faults }: Parts): Promise<void> {
  if (request.method === 'POST') faults.merge(await readJson(request));
  else if (request.method === 'DELETE') faults.clear();
  else if (request.method !== 'GET') throw invalid(`Faults are set with POST, shown with GET, ended with DELETE.`);
  sendJson(response, 200, { ...faults.settings, stalled: faults.stalled });
}
