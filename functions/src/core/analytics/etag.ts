import { canonicalJson, sha256 } from '../hash.ts';

/** The tag of an answer that is the same as long as nothing more was counted, to the same person and question. */
export function etagOf(version: number, route: string, query: object, role: string, uid: string): string {
  return `"${sha256(String(version), route, canonicalJson(query), role, uid).slice(0, 32)}"`;
}

/** Whether what a client has, by its If-None-Match, is the answer of this tag. */
export function isMatch(ifNoneMatch: string | undefined, etag: string): boolean {
  const tags = (ifNoneMatch ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes(etag) || tags.includes('*');
}
