import { invalid } from './errors.ts';

const MAX_ID_BYTES = 1500;
const MAX_NAME_BYTES = 6 * 1024;
const MAX_COLLECTION_DEPTH = 100;

const PATH_MARK = '/documents/';

const NAME = /^projects\/[^/]+\/databases\/([^/]+)(?:\/documents(?:\/([\s\S]*))?)?$/;

/**
 * Takes a database, root or document name apart: `projects/P/databases/D/documents/PATH`; PATH is empty for the root.
 * Throws INVALID_ARGUMENT.
 */
export function parseName(name = ''): { database: string; path: string } {
  const match = NAME.exec(name);
  if (!match) throw invalid(`Invalid resource name: "${name}".`);
  return { database: match[1] ?? '', path: match[2] ?? '' };
}

/** Throws INVALID_ARGUMENT unless `path` may name a document. Limits: cloud.google.com/firestore/quotas */
export function checkDocumentPath(path: string): void {
  const segments = path.split('/');
  if (path === '' || segments.length % 2 !== 0) {
    throw invalid(`Document name "${path}" lacks a document id at the end or a collection id before it.`);
  }
  if (Buffer.byteLength(path) > MAX_NAME_BYTES)
    throw invalid(`A document name is longer than ${MAX_NAME_BYTES} bytes.`);
  if (segments.length > 2 * MAX_COLLECTION_DEPTH) {
    throw invalid(`A document lies in more than ${MAX_COLLECTION_DEPTH} collections.`);
  }
  for (const segment of segments) checkId(segment);
}

/** Throws INVALID_ARGUMENT unless `id` may be a collection or document id. */
export function checkId(id: string): void {
  if (id === '' || id === '.' || id === '..') throw invalid(`Resource id "${id}" is invalid.`);
  if (/^__[\s\S]*__$/.test(id)) throw invalid(`Resource id "${id}" is invalid because it is reserved.`);
  if (Buffer.byteLength(id) > MAX_ID_BYTES) throw invalid(`Resource id is longer than ${MAX_ID_BYTES} bytes.`);
}

/** Splits a document path into its parent document (or ''), collection and id. */
export function splitDocumentPath(path: string): { parent: string; collectionId: string; id: string } {
  const idAt = path.lastIndexOf('/');
  const collectionAt = path.lastIndexOf('/', idAt - 1);
  return {
    parent: collectionAt < 0 ? '' : path.slice(0, collectionAt),
    collectionId: path.slice(collectionAt + 1, idAt),
    id: path.slice(idAt + 1),
  };
}

/** `generations` of `generations/abc`, `x` of `a/b/x/c`. */
export function collectionIdOf(path: string): string {
  return splitDocumentPath(path).collectionId;
}

/** The path below `documents/` of a document's full name. */
export function pathOf(documentName: string): string {
  return documentName.slice(documentName.indexOf(PATH_MARK) + PATH_MARK.length);
}
