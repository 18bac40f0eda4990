import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream, mkdirSync } from 'node:fs';
import { copyFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32c, crc32cBase64 } from './crc32c.ts';

/** The bytes of one object generation on disk, with the checksums Cloud Storage reports. */
export interface Content {
  contentId: string;
  sizeBytes: number;
  md5Hash: string;
  crc32c: string;
}

/** The bytes of all objects: a file each, named at random, never changed once an object refers to it. */
export class ContentFiles {
  readonly #dir: string;

  constructor(dir: string) {
    this.#dir = dir;
    mkdirSync(dir, { recursive: true });
  }

  path(contentId: string): string {
    return join(this.#dir, contentId);
  }

  /** Stores `bytes` as they come. When the stream breaks nothing is kept and the error is thrown on. */
  async write(bytes: AsyncIterable<Uint8Array> | Readable): Promise<Content> {
    const contentId = randomUUID();
    try {
      await this.append(contentId, bytes);
      return await this.describe(contentId);
    } catch (error) {
      await this.remove(contentId);
      throw error;
    }
  }

  /** Appends to the file of an upload that is under way, keeping what arrived when the stream breaks. */
  async append(contentId: string, bytes: AsyncIterable<Uint8Array> | Readable): Promise<void> {
    await pipeline(bytes, createWriteStream(this.path(contentId), { flags: 'a' }));
  }

  /** Size and checksums of a stored file. */
  async describe(contentId: string): Promise<Content> {
    const md5 = createHash('md5');
    let sizeBytes = 0;
    let crc = 0;
    for await (const chunk of createReadStream(this.path(contentId)) as AsyncIterable<Buffer>) {
      md5.update(chunk);
      crc = crc32c(chunk, crc);
      sizeBytes += chunk.length;
    }
    return { contentId, sizeBytes, md5Hash: md5.digest('base64'), crc32c: crc32cBase64(crc) };
  }

  /** Begins an upload that comes in parts: an empty file to append to. */
  async create(): Promise<string> {
    const contentId = randomUUID();
    await writeFile(this.path(contentId), '', { flag: 'wx' });
    return contentId;
  }

  /** Bytes of an upload that have arrived so far. */
  async sizeBytes(contentId: string): Promise<number> {
    return (await stat(this.path(contentId))).size;
  }

  async copy(contentId: string): Promise<string> {
    const copied = randomUUID();
    await copyFile(this.path(contentId), this.path(copied));
    return copied;
  }

  async remove(contentId: string): Promise<void> {
    await rm(this.path(contentId), { force: true });
  }

  /** The bytes from `startByte` to `endByte`, both included. */
  read(contentId: string, startByte: number, endByte: number): Readable {
    if (endByte < startByte) return Readable.from([]);
    return createReadStream(this.path(contentId), { start: startByte, end: endByte });
  }
}
