import type { IncomingMessage, ServerResponse } from 'node:http';
import { StorageError } from './errors.ts';
import { readJson, sendJson } from './http.ts';
import { sendMedia } from './media.ts';
import { fieldsOf } from './objects.ts';
import { integerOf, objectResource, preconditionsOf } from './resource.ts';
import type { Stored } from './stored.ts';

const MAX_PAGE = 1000;

/** Requests of the JSON API below `/b/{bucket}`, with or without `/storage/v1` in front. Undefined when `path` is none. */
export function matchJsonApi(path: string): { bucket: string; rest: string } | undefined {
  const match = /^(?:\/download)?(?:\/storage\/v1)?\/b\/([^/]+)(\/o(?:\/.*)?)?$/.exec(path);
  return match?.[1] ? { bucket: decodeURIComponent(match[1]), rest: match[2] ?? '' } : undefined;
}

/** https://cloud.google.com/storage/docs/json_api/v1: buckets get; objects get, list, patch, delete, rewrite. */
export async function answerJsonApi(
  request: IncomingMessage,
  response: ServerResponse,
  { bucket, rest, query }: { bucket: string; rest: string; query: URLSearchParams },
  stored: Stored,
): Promise<void> {
  stored.requireBucket(bucket);
  const [name, destination] = objectNames(rest);
  const { method } = request;
  if (rest === '' && method === 'GET') return sendBucket(response, bucket, stored);
  if (rest === '/o' && method === 'GET') return sendList(response, bucket, query, stored);
  if (name === undefined) throw unsupported(method, rest);
  if (destination && method === 'POST') return rewrite(request, response, { bucket, name, destination, query }, stored);
  if (destination) throw unsupported(method, rest);
  const preconditions = preconditionsOf(query);
  const generation = integerOf(query, 'generation');
  if (method === 'GET' || method === 'HEAD') {
    const object = stored.objects.get(bucket, name, preconditions, generation);
    if (query.get('alt') === 'media') await sendMedia(request, response, object, stored.files);
    else sendJson(response, 200, objectResource(object, stored.url));
  } else if (method === 'PATCH') {
    const changes = (await readJson(request)) as Record<string, unknown>;
    sendJson(response, 200, objectResource(stored.objects.patch(bucket, name, changes, preconditions), stored.url));
  } else if (method === 'DELETE') {
    const { contentId } = stored.objects.delete(bucket, name, preconditions, generation);
    await stored.files.remove(contentId);
    response.writeHead(204).end();
  } else {
    throw unsupported(method, rest);
  }
}

/** `/o/{object}` or `/o/{object}/rewriteTo/b/{bucket}/o/{object}`, each name percent-encoded. */
function objectNames(rest: string): [string?, { bucket: string; name: string }?] {
  const match = /^\/o\/([^/]+)(?:\/(?:rewriteTo|copyTo)\/b\/([^/]+)\/o\/([^/]+))?$/.exec(rest);
  if (!match?.[1]) return [];
  const name = decodeURIComponent(match[1]);
  if (!match[2] || !match[3]) return [name];
  return [name, { bucket: decodeURIComponent(match[2]), name: decodeURIComponent(match[3]) }];
}

function sendBucket(response: ServerResponse, bucket: string, { url }: Stored): void {
  sendJson(response, 200, {
    kind: 'storage#bucket',
    id: bucket,
    name: bucket,
    selfLink: `${url}/storage/v1/b/${bucket}`,
    location: 'US-CENTRAL1',
    locationType: 'region',
    storageClass: 'STANDARD',
  });
}

function sendList(response: ServerResponse, bucket: string, query: URLSearchParams, stored: Stored): void {
  const pageToken = query.get('pageToken');
  const { objects, prefixes, nextPageToken } = stored.objects.list(bucket, {
    prefix: query.get('prefix') ?? '',
    delimiter: query.get('delimiter') ?? '',
    startAfter: pageToken === null ? '' : Buffer.from(pageToken, 'base64url').toString('utf8'),
    maxResults: Math.min(integerOf(query, 'maxResults') || MAX_PAGE, MAX_PAGE),
  });
  sendJson(response, 200, {
    kind: 'storage#objects',
    items: objects.map((object) => objectResource(object, stored.url)),
    ...(prefixes.length > 0 && { prefixes }),
    ...(nextPageToken !== undefined && { nextPageToken: Buffer.from(nextPageToken).toString('base64url') }),
  });
}

interface Rewrite {
  bucket: string;
  name: string;
  destination: { bucket: string; name: string };
  query: URLSearchParams;
}

async function rewrite(
  request: IncomingMessage,
  response: ServerResponse,
  { bucket, name, destination, query }: Rewrite,
  stored: Stored,
): Promise<void> {
  stored.requireBucket(destination.bucket);
  const source = stored.objects.get(bucket, name, {}, integerOf(query, 'sourceGeneration'));
  const resource = ((await readJson(request)) ?? {}) as Record<string, unknown>;
  const fields = Object.keys(resource).length > 0 ? fieldsOf(resource) : source.fields;
  const preconditions = preconditionsOf(query);
  stored.objects.checkWrite(destination.bucket, destination.name, preconditions);
  const { sizeBytes, md5Hash, crc32c } = source;
  const content = { contentId: await stored.files.copy(source.contentId), sizeBytes, md5Hash, crc32c };
  const { object, replacedContentId } = stored.objects.put(destination, content, fields, preconditions);
  if (replacedContentId) await stored.files.remove(replacedContentId);
  const size = String(object.sizeBytes);
  sendJson(response, 200, {
    kind: 'storage#rewriteResponse',
    totalBytesRewritten: size,
    objectSize: size,
    done: true,
    resource: objectResource(object, stored.url),
  });
}

function unsupported(method: string | undefined, rest: string): StorageError {
  return new StorageError(501, 'notImplemented', `The local Cloud Storage does not know ${method} ${rest}.`);
}
