import type { IncomingMessage, ServerResponse } from 'node:http';
import { StorageError } from './errors.ts';
import { readJson, sendJson } from './http.ts';
import { readMultipart } from './multipart.ts';
import { fieldsOf } from './objects.ts';
import { objectResource, preconditionsOf } from './resource.ts';
import type { Stored } from './stored.ts';
import type { ClaimedHashes, Uploads, UploadTarget } from './uploads.ts';

/** https://cloud.google.com/storage/docs/json_api/v1/objects/insert, by `uploadType` media, multipart or resumable. */
export async function answerUpload(
  request: IncomingMessage,
  response: ServerResponse,
  { bucket, query }: { bucket: string; query: URLSearchParams },
  { stored, uploads }: { stored: Stored; uploads: Uploads },
): Promise<void> {
  stored.requireBucket(bucket);
  const uploadType = query.get('uploadType');
  const uploadId = query.get('upload_id');
  const contentType = request.headers['content-type'];
  if (uploadId !== null) return answerSession(request, response, uploadId, { stored, uploads });
  if (uploadType === 'multipart') {
    const { resource, mediaType, media } = await readMultipart(contentType ?? '', request);
    const target = targetOf(bucket, query, resource, mediaType);
    sendJson(response, 200, objectResource(await uploads.store(target, media, claimedIn(resource)), stored.url));
  } else if (uploadType === 'media') {
    const target = targetOf(bucket, query, {}, contentType);
    sendJson(response, 200, objectResource(await uploads.store(target, request, hashHeader(request)), stored.url));
  } else if (uploadType === 'resumable') {
    const resource = ((await readJson(request)) ?? {}) as Record<string, unknown>;
    const target = targetOf(bucket, query, resource, headerText(request, 'x-upload-content-type'));
    const opened = await uploads.open(target);
    const location = `${stored.url}/upload/storage/v1/b/${bucket}/o?uploadType=resumable&upload_id=${opened}`;
    response.writeHead(200, { Location: location, 'Content-Length': 0 }).end();
  } else {
    throw new StorageError(400, 'invalid', `Unknown uploadType: ${uploadType}`);
  }
}

async function answerSession(
  request: IncomingMessage,
  response: ServerResponse,
  uploadId: string,
  { stored, uploads }: { stored: Stored; uploads: Uploads },
): Promise<void> {
  if (request.method === 'DELETE') {
    await uploads.abandon(uploadId);
    response.writeHead(499, 'Client Closed Request', { 'Content-Length': 0 }).end();
    return;
  }
  const progress = await uploads.resume(uploadId, request.headers['content-range'], request, hashHeader(request));
  if ('object' in progress) {
    sendJson(response, 200, objectResource(progress.object, stored.url));
    return;
  }
  const { receivedBytes } = progress;
  const range = receivedBytes > 0 ? { Range: `bytes=0-${receivedBytes - 1}` } : {};
  response.writeHead(308, 'Resume Incomplete', { ...range, 'Content-Length': 0 }).end();
}

function targetOf(
  bucket: string,
  query: URLSearchParams,
  resource: Record<string, unknown>,
  mediaType: string | undefined,
): UploadTarget {
  const name = query.get('name') ?? resource.name;
  if (typeof name !== 'string' || name === '' || Buffer.byteLength(name) > 1024) {
    throw new StorageError(400, 'required', 'The object name must be 1 to 1024 bytes long.');
  }
  const fields = fieldsOf(resource);
  if (mediaType !== undefined) fields.contentType ??= mediaType;
  return { bucket, name, fields, preconditions: preconditionsOf(query) };
}

function claimedIn(resource: Record<string, unknown>): ClaimedHashes {
  const { md5Hash, crc32c } = resource;
  return {
    md5Hash: typeof md5Hash === 'string' ? md5Hash : undefined,
    crc32c: typeof crc32c === 'string' ? crc32c : undefined,
  };
}

/** `X-Goog-Hash: crc32c=…,md5=…` */
function hashHeader(request: IncomingMessage): ClaimedHashes {
  const header = headerText(request, 'x-goog-hash') ?? '';
  return { crc32c: /crc32c=([^,\s]+)/.exec(header)?.[1], md5Hash: /md5=([^,\s]+)/.exec(header)?.[1] };
}

function headerText(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(',') : value;
}
