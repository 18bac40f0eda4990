/** Says whether a document path (below `documents/`) is one that a trigger watches. */
export type PathMatcher = (path: string) => boolean;

/**
 * Compiles the filter of a trigger: `EXACT` takes the value literally, `PATH_PATTERN` is an Eventarc path pattern
 * (https://cloud.google.com/eventarc/docs/path-patterns): `*` and `{name}` stand for one segment or a part of one,
 * `**` and `{name=**}` for any number of segments, even none.
 */
export function compileDocumentFilter({ value, matchType }: { value: string; matchType: string }): PathMatcher {
  if (matchType === 'EXACT') return (path) => path === value;
  const segments = value.split('/').filter((segment) => segment !== '');
  const expression = new RegExp(`^${segments.map(segmentSource).join('')}$`);
  return (path) => expression.test(`/${path}`);
}

function segmentSource(segment: string): string {
  if (segment === '**' || /^\{[^{}]*=\*\*\}$/.test(segment)) return '(?:/[^/]+)*';
  const parts = segment.split(/(\{[^{}]*\}|\*)/);
  const literal = (text: string): string => text.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
  return `/${parts.map((part) => (/^[*{]/.test(part) ? '[^/]+' : literal(part))).join('')}`;
}
