import { randomUUID } from 'node:crypto';
import { BigQueryError, invalid, notFound } from './errors.ts';
import type { Body } from './parts.ts';

/** More than this in one load job is refused: it is held in memory. */
const MAX_LOAD_BYTES = 256 * 1024 * 1024;
const MAX_SESSIONS = 100;

interface Session {
  metadata: Body;
  chunks: Buffer[];
  receivedBytes: number;
}

/** Gathers a load job's data. Throws BigQueryError 400 when it is more than 256 MiB. */
export async function gathered(media: AsyncIterable<Uint8Array>, alreadyBytes = 0): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = alreadyBytes;
  for await (const chunk of media) {
    sizeBytes += chunk.length;
    if (sizeBytes > MAX_LOAD_BYTES) throw invalid(`The local BigQuery loads at most ${MAX_LOAD_BYTES} bytes a job.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** A resumable upload's answer: still open, or complete with its data. */
export type UploadProgress = { receivedBytes: number } | { metadata: Body; bytes: Buffer };

/** Open resumable uploads, https://cloud.google.com/bigquery/docs/reference/api-uploads#resumable. In memory only. */
export class Uploads {
  readonly #sessions = new Map<string, Session>();

  /** Opens a session for the job in `metadata` and returns its id; the oldest of more than 100 is dropped. */
  open(metadata: Body): string {
    const uploadId = randomUUID();
    this.#sessions.set(uploadId, { metadata, chunks: [], receivedBytes: 0 });
    const [oldest] = this.#sessions.keys();
    if (this.#sessions.size > MAX_SESSIONS && oldest !== undefined) this.#sessions.delete(oldest);
    return uploadId;
  }

  /** One PUT of a session, with its `Content-Range`. Throws BigQueryError 404 for an unknown session, 400 for a bad range. */
  async resume(uploadId: string, range: string | undefined, body: AsyncIterable<Uint8Array>): Promise<UploadProgress> {
    const session = this.#sessions.get(uploadId);
    if (!session) throw notFound(`Upload ${uploadId}`);
    const match = /^bytes (?:(\d+)-\d+|\*)\/(\d+|\*)$/.exec(range ?? 'bytes 0-0/*');
    if (!match) throw new BigQueryError(400, 'badRequest', `Failed to parse Content-Range header: ${range}`);
    const [, start, total] = match;
    const bytes = await gathered(body, session.receivedBytes);
    // Bytes that do not follow those here are not taken; the answer says from where to send again.
    if (start !== undefined && Number(start) === session.receivedBytes) {
      session.chunks.push(bytes);
      session.receivedBytes += bytes.length;
    }
    const complete = range === undefined || session.receivedBytes === Number(total);
    if (!complete) return { receivedBytes: session.receivedBytes };
    this.#sessions.delete(uploadId);
    return { metadata: session.metadata, bytes: Buffer.concat(session.chunks) };
  }
}
