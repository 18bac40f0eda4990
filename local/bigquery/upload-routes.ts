import type { IncomingMessage, ServerResponse } from 'node:http';
import { readJson, sendJson } from '../storage/http.ts';
import { readMultipart } from '../storage/multipart.ts';
import { invalid } from './errors.ts';
import { jobResource } from './job-resource.ts';
import { insertLoad } from './job-routes.ts';
import type { Body, Parts } from './parts.ts';
import { gathered } from './uploads.ts';

/** Load jobs by `uploadType` multipart or resumable, https://cloud.google.com/bigquery/docs/reference/api-uploads. */
export async function answerUpload(
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  parts: Parts,
): Promise<void> {
  const uploadType = url.searchParams.get('uploadType');
  const uploadId = url.searchParams.get('upload_id');
  if (uploadId !== null) return resume(request, response, uploadId, parts);
  if (request.method !== 'POST') throw invalid('An upload starts with POST.');
  if (uploadType === 'multipart') {
    const { resource, media } = await readMultipart(request.headers['content-type'] ?? '', request);
    return send(response, resource, await gathered(media), parts);
  }
  if (uploadType !== 'resumable') throw invalid(`Unknown uploadType: ${uploadType}`);
  const opened = parts.uploads.open(((await readJson(request)) ?? {}) as Body);
  const location = `http://${request.headers.host}${url.pathname}?uploadType=resumable&upload_id=${opened}`;
  response.writeHead(200, { Location: location, 'Content-Length': 0 }).end();
}

async function resume(
  request: IncomingMessage,
  response: ServerResponse,
  uploadId: string,
  parts: Parts,
): Promise<void> {
  const progress = await parts.uploads.resume(uploadId, request.headers['content-range'], request);
  if ('bytes' in progress) return send(response, progress.metadata, progress.bytes, parts);
  const { receivedBytes } = progress;
  const range = receivedBytes > 0 ? { Range: `bytes=0-${receivedBytes - 1}` } : {};
  response.writeHead(308, 'Resume Incomplete', { ...range, 'Content-Length': 0 }).end();
}

async function send(response: ServerResponse, metadata: Body, bytes: Buffer, parts: Parts): Promise<void> {
  const job = await insertLoad(metadata, bytes, parts);
  if (parts.faults.take('loseAnswers')) response.destroy();
  else sendJson(response, 200, jobResource(job, parts.catalog.projectId));
}
