/** Says whether a document path (below `documents/`) is one that a trigger watches. */
export type PathMatcher = (path: string) => boolean;

/**
 * Compiles an Eventarc path pattern (https://cloud.google.com/eventarc/docs/path-patterns): `*` and `{name}` stand for
 * one segment or a part of one, `**` and `{name=**}` for any number of segments, even none.
 */
export function compilePathPattern(pattern: string): PathMatcher {
  const segments = pattern.split('/').filter((segment) => segment !== '');
  const source = segments.map((segment) => (isMultiSegment(segment) ? '(?:/[^/]+)*' : `/${oneSegment(segment)}`));
  const expression = new RegExp(`^${source.join('')}$`);
  return (path) => expression.test(`/${path}`);
}

/** The matcher of a trigger filter: `EXACT` takes the value literally, `PATH_PATTERN` knows wildcards. */
export function compileDocumentFilter({ value, matchType }: { value: string; matchType: string }): PathMatcher {
  return matchType === 'EXACT' ? (path) => path === value : compilePathPattern(value);
}

function isMultiSegment(segment: string): boolean {
  return segment === '**' || /^\{[^{}]*=\*\*\}$/.test(segment);
}

function oneSegment(segment: string): string {
  return segment
    .split(/(\{[^{}]*\}|\*)/)
    .map((part) => (part === '*' || part.startsWith('{') ? '[^/]+' : part.replace(/[.+?^${}()|[\]\\]/g, '\\$&')))
    .join('');
}
