import { StorageError } from './errors.ts';

const MAX_HEAD_BYTES = 1024 * 1024;
const HEAD_END = Buffer.from('\r\n\r\n');

/** The two parts of a `multipart/related` upload: the object resource, then its bytes as they come. */
export interface MultipartUpload {
  resource: Record<string, unknown>;
  mediaType: string | undefined;
  media: AsyncIterable<Uint8Array>;
}

/**
 * Reads https://cloud.google.com/storage/docs/uploading-objects#uploading-an-object (multipart) without holding the media.
 * Throws StorageError 400 on a malformed body, also while `media` is read when the closing boundary is missing.
 */
export async function readMultipart(contentType: string, body: AsyncIterable<Buffer>): Promise<MultipartUpload> {
  const boundary = /boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType);
  if (!boundary) throw malformed('the boundary is missing');
  const delimiter = Buffer.from(`\r\n--${boundary[1] ?? boundary[2]}`);
  const chunks = body[Symbol.asyncIterator]();
  let buffered = Buffer.from('\r\n');

  const readUntil = async (mark: Buffer): Promise<Buffer> => {
    for (;;) {
      const at = buffered.indexOf(mark);
      if (at >= 0) {
        const before = buffered.subarray(0, at);
        buffered = buffered.subarray(at + mark.length);
        return before;
      }
      if (buffered.length > MAX_HEAD_BYTES) throw malformed('the metadata is too large');
      const next = await chunks.next();
      if (next.done) throw malformed('the body ends early');
      buffered = Buffer.concat([buffered, next.value]);
    }
  };

  await readUntil(delimiter);
  await readUntil(HEAD_END);
  const resource = parseResource(await readUntil(delimiter));
  const mediaHead = (await readUntil(HEAD_END)).toString('latin1');
  return {
    resource,
    mediaType: /content-type:\s*([^\r\n]+)/i.exec(mediaHead)?.[1]?.trim(),
    media: untilClosing(delimiter, buffered, chunks),
  };
}

async function* untilClosing(
  delimiter: Buffer,
  start: Buffer,
  chunks: AsyncIterator<Buffer>,
): AsyncGenerator<Uint8Array> {
  let held = start;
  for (;;) {
    const at = held.indexOf(delimiter);
    if (at >= 0) {
      yield held.subarray(0, at);
      // Read to the end, so that the connection can carry the next request.
      while (!(await chunks.next()).done);
      return;
    }
    const safe = Math.max(0, held.length - delimiter.length);
    if (safe > 0) yield held.subarray(0, safe);
    const next = await chunks.next();
    if (next.done) throw malformed('the closing boundary is missing');
    held = Buffer.concat([held.subarray(safe), next.value]);
  }
}

function parseResource(part: Buffer): Record<string, unknown> {
  try {
    return JSON.parse(part.toString('utf8'));
  } catch (error) {
    throw malformed(`the metadata is not JSON (${(error as Error).message})`);
  }
}

function malformed(what: string): StorageError {
  return new StorageError(400, 'badRequest', `Malformed multipart body: ${what}.`);
}
