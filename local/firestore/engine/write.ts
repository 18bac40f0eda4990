import { isDeepStrictEqual } from 'node:util';
import { alreadyExists, failedPrecondition, invalid, notFound } from '../errors.ts';
import { checkDocumentPath, parseName } from '../names.ts';
import { getField, parseFieldPath, withField, withMasked } from '../values/field-path.ts';
import { microsFromTimestamp, storedTimestamp } from '../values/time.ts';
import type { Fields, ProtoTimestamp, ProtoValue, StoredDocument, Write } from '../wire.ts';
import { checkDocument } from './limits.ts';
import { transformed } from './transform.ts';

/** cloud.google.com/firestore/quotas#writes_and_transactions */
const MAX_TRANSFORMS = 500;

/** The times of one commit. */
export interface CommitMoment {
  /** Strictly rising from commit to commit. */
  commitTime: ProtoTimestamp;
  /** What `serverTimestamp()` becomes: when the server processed the request, in whole milliseconds. */
  requestTime: ProtoTimestamp;
}

/** The name of the document that a write touches. Throws INVALID_ARGUMENT. */
export function writtenName(write: Write): string {
  const name = write.update?.name ?? write.delete ?? write.transform?.document;
  if (!name) throw invalid('A write needs an operation.');
  checkDocumentPath(parseName(name).path);
  return name;
}

/** Throws INVALID_ARGUMENT when a commit transforms too many fields of one document. */
export function checkTransforms(writes: readonly Write[]): void {
  const counts = new Map<string, number>();
  for (const write of writes) {
    const count = (write.updateTransforms?.length ?? 0) + (write.transform?.fieldTransforms?.length ?? 0);
    if (count === 0) continue;
    const name = writtenName(write);
    counts.set(name, count + (counts.get(name) ?? 0));
  }
  for (const count of counts.values()) {
    if (count <= MAX_TRANSFORMS) continue;
    throw invalid(`cannot have more than ${MAX_TRANSFORMS} field transforms on a single document`);
  }
}

/**
 * What one write makes of a document; the stored document itself when nothing changed, undefined when it is gone.
 * Throws what Firestore answers when the precondition or a limit fails.
 */
export function applyWrite(
  write: Write,
  before: StoredDocument | undefined,
  { commitTime, requestTime }: CommitMoment,
): { after: StoredDocument | undefined; transformResults: ProtoValue[] } {
  const name = writtenName(write);
  checkPrecondition(name, write, before);
  if (write.delete !== undefined) return { after: undefined, transformResults: [] };

  let fields = stored(write.update?.fields ?? {});
  const mask = write.transform ? [] : write.updateMask && (write.updateMask.fieldPaths ?? []);
  if (mask) fields = withMasked(before?.fields ?? {}, fields, mask);
  const transforms = [...(write.updateTransforms ?? []), ...(write.transform?.fieldTransforms ?? [])];
  const transformResults = transforms.map((transform) => {
    const names = parseFieldPath(transform.fieldPath);
    const { value, result } = transformed(transform, getField(fields, names), { timestampValue: requestTime });
    fields = withField(fields, names, storedValue(value));
    return result;
  });
  checkDocument(name, parseName(name).path, fields);
  if (before && isDeepStrictEqual(before.fields, fields)) return { after: before, transformResults };
  const createTime = before?.createTime ?? commitTime;
  return { after: { name, fields, createTime, updateTime: commitTime }, transformResults };
}

function checkPrecondition(name: string, { currentDocument: precondition }: Write, before: StoredDocument | undefined) {
  if (precondition?.exists === true && !before) throw notFound(`No document to update: ${name}`);
  if (precondition?.exists === false && before) throw alreadyExists(`Document already exists: ${name}`);
  if (!precondition?.updateTime) return;
  if (!before) throw notFound(`No document to update: ${name}`);
  const base = microsFromTimestamp(precondition.updateTime);
  const version = microsFromTimestamp(before.updateTime);
  if (base !== version) {
    throw failedPrecondition(`the stored version (${version}) does not match the required base version (${base})`);
  }
}

/** Fields as they are kept and decoded again: timestamps cut to microseconds, empty maps and arrays without content. */
function stored(fields: Fields): Fields {
  const out: Fields = {};
  for (const name of Object.keys(fields)) out[name] = storedValue(fields[name] ?? {});
  return out;
}

function storedValue(value: ProtoValue): ProtoValue {
  if (value.timestampValue) return { timestampValue: storedTimestamp(value.timestampValue) };
  if (value.mapValue) {
    const fields = stored(value.mapValue.fields ?? {});
    return { mapValue: Object.keys(fields).length > 0 ? { fields } : {} };
  }
  if (value.arrayValue) {
    const values = (value.arrayValue.values ?? []).map(storedValue);
    return { arrayValue: values.length > 0 ? { values } : {} };
  }
  return value;
}
