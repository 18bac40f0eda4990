import { randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { Content, ContentFiles } from './content.ts';
import { StorageError } from './errors.ts';
import type { ObjectFields, Objects, Preconditions, StoredObject } from './objects.ts';

/** Where an upload goes, and what is to hold there when it ends. */
export interface UploadTarget {
  bucket: string;
  name: string;
  fields: ObjectFields;
  preconditions: Preconditions;
}

/** Checksums a caller claims for the bytes it sends, in base64. */
export interface ClaimedHashes {
  md5Hash?: string | undefined;
  crc32c?: string | undefined;
}

interface Session extends UploadTarget {
  contentId: string;
}

/** A resumable upload's answer: still open with the bytes that have arrived, or ended as an object. */
export type UploadProgress = { receivedBytes: number } | { object: StoredObject };

/** Turns incoming bytes into objects: in one request, or in a resumable session that outlives a restart. */
export class Uploads {
  readonly #db: DatabaseSync;
  readonly #objects: Objects;
  readonly #files: ContentFiles;

  constructor(db: DatabaseSync, objects: Objects, files: ContentFiles) {
    this.#db = db;
    this.#objects = objects;
    this.#files = files;
    db.exec('CREATE TABLE IF NOT EXISTS uploads (uploadId TEXT PRIMARY KEY, session TEXT) STRICT, WITHOUT ROWID');
  }

  /** Stores an object sent in one request. Throws StorageError 400 on a wrong hash, 412 on a failed precondition. */
  async store(
    target: UploadTarget,
    bytes: AsyncIterable<Uint8Array>,
    claimed: ClaimedHashes = {},
  ): Promise<StoredObject> {
    return this.#finish(target, await this.#files.write(bytes), claimed);
  }

  /** Opens a resumable session and returns its id. Throws StorageError 412 when a precondition fails already. */
  async open(target: UploadTarget): Promise<string> {
    this.#objects.checkWrite(target.bucket, target.name, target.preconditions);
    const session: Session = { ...target, contentId: await this.#files.create() };
    const uploadId = randomUUID();
    this.#db.prepare('INSERT INTO uploads VALUES (?, ?)').run(uploadId, JSON.stringify(session));
    return uploadId;
  }

  /**
   * One PUT of a session. Its `Content-Range` says which bytes come (`bytes 0-99/300`), that the rest comes whatever its
   * length (an end of `*`), or that only the state is asked for (no start).
   * https://cloud.google.com/storage/docs/performing-resumable-uploads. Throws StorageError 404 for an unknown session.
   */
  async resume(
    uploadId: string,
    contentRange: string | undefined,
    bytes: AsyncIterable<Uint8Array>,
    claimed: ClaimedHashes,
  ): Promise<UploadProgress> {
    const session = this.#session(uploadId);
    const range = parseContentRange(contentRange);
    const arrivedBytes = await this.#files.sizeBytes(session.contentId);
    if (range.startByte === arrivedBytes) await this.#files.append(session.contentId, bytes);
    const receivedBytes = await this.#files.sizeBytes(session.contentId);
    const complete = range.totalBytes === undefined ? range.openEnded : receivedBytes === range.totalBytes;
    if (!complete) return { receivedBytes };
    const object = await this.#finish(session, await this.#files.describe(session.contentId), claimed);
    this.#db.prepare('DELETE FROM uploads WHERE uploadId = ?').run(uploadId);
    return { object };
  }

  /** Gives a session up. Throws StorageError 404 when it is unknown. */
  async abandon(uploadId: string): Promise<void> {
    const session = this.#session(uploadId);
    this.#db.prepare('DELETE FROM uploads WHERE uploadId = ?').run(uploadId);
    await this.#files.remove(session.contentId);
  }

  #session(uploadId: string): Session {
    const row = this.#db.prepare('SELECT session FROM uploads WHERE uploadId = ?').get(uploadId);
    if (row === undefined) throw new StorageError(404, 'notFound', 'No such upload session.');
    return JSON.parse(String(row.session));
  }

  async #finish(target: UploadTarget, content: Content, claimed: ClaimedHashes): Promise<StoredObject> {
    try {
      checkHashes(content, claimed);
      const { object, replacedContentId } = this.#objects.put(target, content, target.fields, target.preconditions);
      if (replacedContentId) await this.#files.remove(replacedContentId);
      return object;
    } catch (error) {
      await this.#files.remove(content.contentId);
      throw error;
    }
  }
}

interface ContentRange {
  /** Undefined when only the state is asked for. */
  startByte: number | undefined;
  /** True when the body is the rest of the object, however long. */
  openEnded: boolean;
  totalBytes: number | undefined;
}

function parseContentRange(header: string | undefined): ContentRange {
  if (header === undefined) return { startByte: 0, openEnded: true, totalBytes: undefined };
  const match = /^bytes (?:(\d+)-(\d+|\*)|\*)\/(\d+|\*)$/.exec(header);
  if (!match) throw new StorageError(400, 'badRequest', `Failed to parse Content-Range header: ${header}`);
  const [, start, end, total] = match;
  return {
    startByte: start === undefined ? undefined : Number(start),
    openEnded: end === '*',
    totalBytes: total === '*' ? undefined : Number(total),
  };
}

function checkHashes(content: Content, claimed: ClaimedHashes): void {
  for (const name of ['md5Hash', 'crc32c'] as const) {
    const wanted = claimed[name];
    if (wanted !== undefined && wanted !== content[name]) {
      throw new StorageError(
        400,
        'invalid',
        `Provided ${name} "${wanted}" doesn't match calculated ${name} "${content[name]}".`,
      );
    }
  }
}
