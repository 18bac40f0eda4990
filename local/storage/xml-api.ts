import type { IncomingMessage, ServerResponse } from 'node:http';
import type { MovableClock } from '../clock.ts';
import { XmlError } from './errors.ts';
import type { Identity } from './identity.ts';
import { sendMedia } from './media.ts';
import { isSigned, verifySignedUrl } from './signed-url.ts';
import type { Stored } from './stored.ts';

/** Query parameters of a signed URL that set a response header. */
const RESPONSE_HEADERS = {
  'response-content-disposition': 'Content-Disposition',
  'response-content-type': 'Content-Type',
  'response-cache-control': 'Cache-Control',
} as const;

/**
 * `GET|HEAD /{bucket}/{object}`: what a signed URL points at, and CORS preflights for it.
 * Throws XmlError; without a signature or a bearer token 403, since no object here is public.
 */
export async function answerXmlApi(
  request: IncomingMessage,
  response: ServerResponse,
  { path, query }: { path: string; query: URLSearchParams },
  { stored, identity, clock }: { stored: Stored; identity: Identity; clock: MovableClock },
): Promise<void> {
  if (request.method === 'OPTIONS') return sendPreflight(response);
  const [bucket, name] = splitPath(path);
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    throw new XmlError(405, 'MethodNotAllowed', `The local Cloud Storage serves no ${request.method} here.`);
  }
  if (isSigned(query)) verifySignedUrl(request, await identity.signer(), judgedAtMs(clock));
  else if (!request.headers.authorization) {
    const details = `Anonymous caller does not have storage.objects.get access to ${bucket}/${name}.`;
    throw new XmlError(403, 'AccessDenied', 'Access denied.', { Details: details });
  }
  const overrides: Record<string, string> = {};
  for (const [parameter, header] of Object.entries(RESPONSE_HEADERS)) {
    const value = query.get(parameter);
    if (value) overrides[header] = value;
  }
  await sendMedia(request, response, find(stored, bucket, name), stored.files, overrides);
}

function find(stored: Stored, bucket: string, name: string) {
  try {
    stored.requireBucket(bucket);
  } catch (error) {
    throw new XmlError(404, 'NoSuchBucket', (error as Error).message);
  }
  const object = stored.objects.find(bucket, name);
  if (!object)
    throw new XmlError(404, 'NoSuchKey', 'The specified key does not exist.', {
      Details: `No such object: ${bucket}/${name}`,
    });
  return object;
}

function splitPath(path: string): [bucket: string, name: string] {
  const match = /^\/([^/]+)\/(.+)$/.exec(path);
  if (!match?.[1] || !match[2]) throw new XmlError(404, 'NoSuchKey', 'The specified key does not exist.');
  try {
    return [match[1], decodeURIComponent(match[2])];
  } catch (error) {
    throw new XmlError(400, 'InvalidURI', `Couldn't parse the specified URI (${(error as Error).message}).`);
  }
}

function sendPreflight(response: ServerResponse): void {
  response.writeHead(200, {
    'Access-Control-Allow-Origin': '*',
    'Access-Control-Allow-Methods': 'GET, HEAD, OPTIONS',
    'Access-Control-Allow-Headers': 'Range, Content-Type',
    'Access-Control-Max-Age': '3600',
    'Content-Length': 0,
  });
  response.end();
}

/**
 * The movable clock, or real time where that is later: Google's client refuses to sign anything that has really expired,
 * so while the stack replays the past URLs are signed, and judged, by real time.
 */
function judgedAtMs(clock: MovableClock): number {
  return Math.max(clock.now(), Date.now());
}
