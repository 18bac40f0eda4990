import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { ContentFiles } from './content.ts';
import type { StoredObject } from './objects.ts';
import { contentTypeOf, etagOf } from './resource.ts';

/** Bytes from `startByte` to `endByte`, both included. */
interface ByteRange {
  startByte: number;
  endByte: number;
}

/**
 * Sends an object's bytes: all of them, or the one range asked for (206), or 416 when it lies outside.
 * `overrides` are response headers that a signed URL may set.
 */
export async function sendMedia(
  request: IncomingMessage,
  response: ServerResponse,
  object: StoredObject,
  files: ContentFiles,
  overrides: Record<string, string> = {},
): Promise<void> {
  const headers = { ...mediaHeaders(object), ...overrides };
  const range = rangeOf(request.headers.range, object.sizeBytes);
  if (range === 'unsatisfiable') {
    response.writeHead(416, { ...headers, 'Content-Range': `bytes */${object.sizeBytes}`, 'Content-Length': 0 }).end();
    return;
  }
  const { startByte, endByte } = range ?? { startByte: 0, endByte: object.sizeBytes - 1 };
  const lengthHeader = { 'Content-Length': endByte - startByte + 1 };
  if (range) {
    const contentRange = `bytes ${startByte}-${endByte}/${object.sizeBytes}`;
    response.writeHead(206, { ...headers, ...lengthHeader, 'Content-Range': contentRange });
  } else {
    response.writeHead(200, { ...headers, ...lengthHeader });
  }
  if (request.method === 'HEAD') response.end();
  else await pipeline(files.read(object.contentId, startByte, endByte), response);
}

function mediaHeaders(object: StoredObject): Record<string, string> {
  const { fields, generation, metageneration, sizeBytes } = object;
  const headers: Record<string, string> = {
    'Content-Type': contentTypeOf(fields),
    'Accept-Ranges': 'bytes',
    ETag: `"${etagOf(object)}"`,
    'Last-Modified': new Date(object.updatedMs).toUTCString(),
    'Cache-Control': fields.cacheControl ?? 'private, max-age=0',
    'x-goog-hash': `crc32c=${object.crc32c},md5=${object.md5Hash}`,
    'x-goog-generation': String(generation),
    'x-goog-metageneration': String(metageneration),
    'x-goog-stored-content-length': String(sizeBytes),
    'x-goog-stored-content-encoding': fields.contentEncoding ?? 'identity',
    'Access-Control-Allow-Origin': '*',
    'Access-Control-Expose-Headers': 'Accept-Ranges, Content-Length, Content-Range, Content-Type, ETag',
  };
  if (fields.contentDisposition) headers['Content-Disposition'] = fields.contentDisposition;
  if (fields.contentEncoding) headers['Content-Encoding'] = fields.contentEncoding;
  if (fields.contentLanguage) headers['Content-Language'] = fields.contentLanguage;
  return headers;
}

/** A `Range` header over `sizeBytes`; several ranges or another unit count as none (RFC 9110, 14.2). */
function rangeOf(header: string | undefined, sizeBytes: number): ByteRange | 'unsatisfiable' | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  if (!match || (match[1] === '' && match[2] === '')) return undefined;
  const first = match[1] === '' ? undefined : Number(match[1]);
  const last = match[2] === '' ? undefined : Number(match[2]);
  if (first !== undefined && last !== undefined && last < first) return undefined;
  const startByte = first ?? Math.max(0, sizeBytes - (last ?? 0));
  const endByte = first === undefined ? sizeBytes - 1 : Math.min(last ?? sizeBytes - 1, sizeBytes - 1);
  return startByte >= sizeBytes || startByte > endByte ? 'unsatisfiable' : { startByte, endByte };
}
