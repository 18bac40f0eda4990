import { StorageError } from './errors.ts';
import type { ObjectFields, Preconditions, StoredObject } from './objects.ts';

/** An object as the JSON API shows it: https://cloud.google.com/storage/docs/json_api/v1/objects#resource */
export function objectResource(object: StoredObject, url: string): Record<string, unknown> {
  const { bucket, name, generation, metageneration, sizeBytes, md5Hash, crc32c, fields } = object;
  const path = `/b/${encodeURIComponent(bucket)}/o/${encodeURIComponent(name)}`;
  const created = new Date(object.timeCreatedMs).toISOString();
  return {
    kind: 'storage#object',
    id: `${bucket}/${name}/${generation}`,
    selfLink: `${url}/storage/v1${path}`,
    mediaLink: `${url}/download/storage/v1${path}?generation=${generation}&alt=media`,
    name,
    bucket,
    generation: String(generation),
    metageneration: String(metageneration),
    contentType: contentTypeOf(fields),
    storageClass: 'STANDARD',
    size: String(sizeBytes),
    md5Hash,
    crc32c,
    etag: etagOf(object),
    timeCreated: created,
    timeStorageClassUpdated: created,
    updated: new Date(object.updatedMs).toISOString(),
    ...fields,
  };
}

export function contentTypeOf(fields: ObjectFields): string {
  return fields.contentType ?? 'application/octet-stream';
}

export function etagOf({ generation, metageneration }: StoredObject): string {
  return Buffer.from(`${generation}/${metageneration}`).toString('base64');
}

/** Preconditions in a query string. Throws StorageError 400 when one is not a whole number. */
export function preconditionsOf(query: URLSearchParams): Preconditions {
  const preconditions: Preconditions = {};
  const names = [
    'ifGenerationMatch',
    'ifGenerationNotMatch',
    'ifMetagenerationMatch',
    'ifMetagenerationNotMatch',
  ] as const;
  for (const name of names) {
    const value = integerOf(query, name);
    if (value !== undefined) preconditions[name] = value;
  }
  return preconditions;
}

/** The whole number in the query under `name`, if any. Throws StorageError 400 when it is something else. */
export function integerOf(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  if (!/^\d{1,16}$/.test(text)) throw new StorageError(400, 'invalid', `Invalid value for ${name}: ${text}`);
  return Number(text);
}
