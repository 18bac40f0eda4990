import type { ContentFiles } from './content.ts';
import { StorageError } from './errors.ts';
import type { Objects } from './objects.ts';

/** What is stored, as the routes see it. */
export class Stored {
  readonly objects: Objects;
  readonly files: ContentFiles;
  /** Base URL of this server. */
  url = '';
  readonly #buckets: ReadonlySet<string>;

  constructor(objects: Objects, files: ContentFiles, buckets: string[]) {
    this.objects = objects;
    this.files = files;
    this.#buckets = new Set(buckets);
  }

  /** Throws StorageError 404 when there is no such bucket. */
  requireBucket(bucket: string): void {
    if (!this.#buckets.has(bucket)) throw new StorageError(404, 'notFound', 'The specified bucket does not exist.');
  }
}
