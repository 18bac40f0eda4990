import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { getStorage } from 'firebase-admin/storage';
import { VIDEO_BUCKET } from '../params.ts';
import { app } from './app.ts';
import { now, wallClock } from './clock.ts';

/** The bucket that holds the videos. */
function bucket() {
  const name = VIDEO_BUCKET.value();
  return name ? getStorage(app()).bucket(name) : getStorage(app()).bucket();
}

/** `gs://bucket/name` of an object of ours. */
export function gcsUri(path: string): string {
  return `gs://${bucket().name}/${path}`;
}

/** The object name behind a `gs://` address, or undefined when it is not in our bucket. */
export function pathOf(uri: string): string | undefined {
  const prefix = `gs://${bucket().name}/`;
  return uri.startsWith(prefix) ? uri.slice(prefix.length) : undefined;
}

/** Writes a small object at once. */
export async function saveObject(path: string, bytes: Buffer, contentType: string): Promise<void> {
  await bucket().file(path).save(bytes, { contentType, resumable: false });
}

/** Writes an object as its text comes, in constant memory; there is none before all of it has come. */
export async function writeObject(path: string, texts: AsyncIterable<string>, contentType: string): Promise<void> {
  const file = bucket().file(path);
  // In small steps: what is read ahead is at most one page.
  const source = Readable.from(texts, { highWaterMark: 1 });
  await pipeline(source, file.createWriteStream({ metadata: { contentType }, resumable: false }));
}

/** So many bytes of an object from an offset on, or those up to its end. Throws when there is no such object. */
export async function readObject(path: string, offset: number, lengthBytes: number): Promise<Buffer> {
  // A range of a file has no checksum to compare with.
  const range = { start: offset, end: offset + lengthBytes - 1, validation: false };
  const [bytes] = await bucket().file(path).download(range);
  return bytes;
}

/** Size in bytes of an object, or undefined when there is none. */
export async function sizeOf(path: string): Promise<number | undefined> {
  try {
    const [metadata] = await bucket().file(path).getMetadata();
    return Number(metadata.size);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Copies inside the bucket, without the bytes passing through here; false when the source does not exist. */
export async function copyObject(from: string, to: string, contentType: string): Promise<boolean> {
  try {
    await bucket().file(from).copy(bucket().file(to), { contentType });
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/** Object names below a prefix, at most `limit`. */
export async function listObjects(prefix: string, limit: number): Promise<string[]> {
  const [files] = await bucket().getFiles({ prefix, maxResults: limit, autoPaginate: false });
  return files.map((file) => file.name);
}

/** Deletes an object; one that is gone already counts as deleted. */
export async function deleteObject(path: string): Promise<void> {
  await bucket().file(path).delete({ ignoreNotFound: true });
}

/** A link that reads one object until `expiresAt`, for anybody who has it. */
export async function signedReadUrl(
  path: string,
  ttlSec: number,
  filename: string,
  disposition: 'inline' | 'attachment' = 'inline',
): Promise<{ url: string; expiresAt: Date }> {
  // The library refuses an end that has really passed, which a clock set into the past would ask for.
  const accessibleAt = new Date(Math.max(now().getTime(), wallClock().getTime()));
  const expiresAt = new Date(accessibleAt.getTime() + ttlSec * 1_000);
  const [url] = await bucket()
    .file(path)
    .getSignedUrl({
      version: 'v4',
      action: 'read',
      accessibleAt,
      expires: expiresAt,
      responseDisposition: `${disposition}; filename="${filename}"`,
    });
  return { url, expiresAt };
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 404;
}
