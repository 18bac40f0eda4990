import type { DatabaseSync } from 'node:sqlite';
import type { MovableClock } from '../clock.ts';
import type { Content } from './content.ts';
import { noSuchObject, preconditionFailed, StorageError } from './errors.ts';

/** What a caller may set on an object. `metadata` is the caller's own keys. */
export interface ObjectFields {
  contentType?: string;
  cacheControl?: string;
  contentDisposition?: string;
  contentEncoding?: string;
  contentLanguage?: string;
  metadata?: Record<string, string>;
}

/** One object at its present generation. */
export interface StoredObject extends Content {
  bucket: string;
  name: string;
  generation: number;
  metageneration: number;
  timeCreatedMs: number;
  updatedMs: number;
  fields: ObjectFields;
}

/** https://cloud.google.com/storage/docs/request-preconditions; a generation of 0 stands for "there is no such object". */
export interface Preconditions {
  ifGenerationMatch?: number;
  ifGenerationNotMatch?: number;
  ifMetagenerationMatch?: number;
  ifMetagenerationNotMatch?: number;
}

export interface ObjectList {
  objects: StoredObject[];
  prefixes: string[];
  nextPageToken?: string;
}

type Row = Omit<StoredObject, 'fields'> & { fields: string };

/** The metadata of every object, in SQLite; the bytes are files of their own. */
export class Objects {
  readonly #db: DatabaseSync;
  readonly #clock: MovableClock;
  #lastGeneration = 0;

  constructor(db: DatabaseSync, clock: MovableClock) {
    this.#db = db;
    this.#clock = clock;
    db.exec(`CREATE TABLE IF NOT EXISTS objects (
      bucket TEXT, name TEXT, generation INTEGER, metageneration INTEGER, contentId TEXT, sizeBytes INTEGER,
      md5Hash TEXT, crc32c TEXT, timeCreatedMs INTEGER, updatedMs INTEGER, fields TEXT, PRIMARY KEY (bucket, name)
    ) STRICT, WITHOUT ROWID`);
  }

  find(bucket: string, name: string): StoredObject | undefined {
    const row = this.#db.prepare('SELECT * FROM objects WHERE bucket = ? AND name = ?').get(bucket, name);
    return row === undefined ? undefined : toObject(row as unknown as Row);
  }

  /** Throws StorageError 404 when it is not there (or not at `generation`), 412 or 304 when a precondition fails. */
  get(bucket: string, name: string, preconditions: Preconditions = {}, generation?: number): StoredObject {
    const found = this.find(bucket, name);
    if (!found || (generation !== undefined && generation !== found.generation)) throw noSuchObject(bucket, name);
    checkPreconditions(found, preconditions, 304);
    return found;
  }

  /** Throws StorageError 412 when writing under `preconditions` would be refused as things are now. */
  checkWrite(bucket: string, name: string, preconditions: Preconditions): void {
    checkPreconditions(this.find(bucket, name), preconditions, 412);
  }

  /** Makes `content` the object's new generation; returns it and the content it replaced. Throws as checkWrite. */
  put(
    target: { bucket: string; name: string },
    content: Content,
    fields: ObjectFields,
    preconditions: Preconditions,
  ): { object: StoredObject; replacedContentId?: string } {
    const replaced = this.find(target.bucket, target.name);
    checkPreconditions(replaced, preconditions, 412);
    const nowMs = this.#clock.now();
    this.#lastGeneration = Math.max(nowMs * 1000, this.#lastGeneration + 1, (replaced?.generation ?? 0) + 1);
    const object: StoredObject = {
      ...content,
      bucket: target.bucket,
      name: target.name,
      generation: this.#lastGeneration,
      metageneration: 1,
      timeCreatedMs: nowMs,
      updatedMs: nowMs,
      fields,
    };
    this.#save(object);
    return replaced ? { object, replacedContentId: replaced.contentId } : { object };
  }

  /** Merges `changes` (null removes) into the object's fields. Throws StorageError 404 or 412. */
  patch(bucket: string, name: string, changes: Record<string, unknown>, preconditions: Preconditions): StoredObject {
    const before = this.get(bucket, name);
    checkPreconditions(before, preconditions, 412);
    const after = {
      ...before,
      fields: mergeFields(before.fields, changes),
      metageneration: before.metageneration + 1,
      updatedMs: this.#clock.now(),
    };
    this.#save(after);
    return after;
  }

  /** Removes the object and returns it. Throws StorageError 404 or 412. */
  delete(bucket: string, name: string, preconditions: Preconditions, generation?: number): StoredObject {
    const found = this.get(bucket, name, {}, generation);
    checkPreconditions(found, preconditions, 412);
    this.#db.prepare('DELETE FROM objects WHERE bucket = ? AND name = ?').run(bucket, name);
    return found;
  }

  /** Objects in order of their names' UTF-8 bytes; with a delimiter, names that go on behind it are folded into prefixes. */
  list(
    bucket: string,
    { prefix = '', delimiter = '', startAfter = '', maxResults = 1000 }: ListQuery = {},
  ): ObjectList {
    const objects: StoredObject[] = [];
    const prefixes: string[] = [];
    const rows = this.#db.prepare('SELECT * FROM objects WHERE bucket = ? AND name >= ? AND name > ? ORDER BY name');
    let last = '';
    for (const row of rows.iterate(bucket, prefix, startAfter) as unknown as Iterable<Row>) {
      if (!row.name.startsWith(prefix)) break;
      const cut = delimiter === '' ? -1 : row.name.indexOf(delimiter, prefix.length);
      const folded = cut < 0 ? undefined : row.name.slice(0, cut + delimiter.length);
      if (folded !== undefined && (folded === prefixes.at(-1) || startAfter.startsWith(folded))) {
        last = row.name;
        continue;
      }
      if (objects.length + prefixes.length === maxResults) return { objects, prefixes, nextPageToken: last };
      if (folded === undefined) objects.push(toObject(row));
      else prefixes.push(folded);
      last = row.name;
    }
    return { objects, prefixes };
  }

  #save(object: StoredObject): void {
    this.#db
      .prepare(
        `INSERT OR REPLACE INTO objects
         (bucket, name, generation, metageneration, contentId, sizeBytes, md5Hash, crc32c, timeCreatedMs, updatedMs, fields)
         VALUES ($bucket, $name, $generation, $metageneration, $contentId, $sizeBytes, $md5Hash, $crc32c, $timeCreatedMs,
                 $updatedMs, $fields)`,
      )
      .run({ ...object, fields: JSON.stringify(object.fields) });
  }
}

export interface ListQuery {
  prefix?: string;
  delimiter?: string;
  /** The last name of the page before. */
  startAfter?: string;
  maxResults?: number;
}

function toObject(row: Row): StoredObject {
  return { ...row, fields: JSON.parse(row.fields) };
}

function checkPreconditions(found: StoredObject | undefined, wanted: Preconditions, notMatchStatus: 304 | 412): void {
  const generation = found?.generation ?? 0;
  const { ifGenerationMatch, ifGenerationNotMatch, ifMetagenerationMatch, ifMetagenerationNotMatch } = wanted;
  if (ifGenerationMatch !== undefined && ifGenerationMatch !== generation) throw preconditionFailed();
  if (ifMetagenerationMatch !== undefined && ifMetagenerationMatch !== found?.metageneration)
    throw preconditionFailed();
  const unchanged =
    (ifGenerationNotMatch !== undefined && ifGenerationNotMatch === generation) ||
    (ifMetagenerationNotMatch !== undefined && ifMetagenerationNotMatch === found?.metageneration);
  if (unchanged) throw notMatchStatus === 304 ? new StorageError(304, 'notModified', '') : preconditionFailed();
}

const FIELD_NAMES = [
  'contentType',
  'cacheControl',
  'contentDisposition',
  'contentEncoding',
  'contentLanguage',
] as const;

/** The settable fields in a JSON object resource; anything else in it is Cloud Storage's own and ignored, as there. */
export function fieldsOf(resource: Record<string, unknown>): ObjectFields {
  return mergeFields({}, resource);
}

function mergeFields(before: ObjectFields, changes: Record<string, unknown>): ObjectFields {
  const after: ObjectFields = { ...before };
  for (const name of FIELD_NAMES) {
    const value = changes[name];
    if (value === null) delete after[name];
    else if (typeof value === 'string') after[name] = value;
  }
  const custom = changes.metadata;
  if (custom === null) delete after.metadata;
  else if (typeof custom === 'object') {
    const merged: Record<string, unknown> = { ...before.metadata, ...custom };
    const kept = Object.entries(merged).filter(([, value]) => value !== null);
    after.metadata = Object.fromEntries(kept.map(([key, value]) => [key, String(value)]));
  }
  return after;
}
