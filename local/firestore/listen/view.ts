import { isDeepStrictEqual } from 'node:util';
import type { DocumentChange } from '../change.ts';
import type { Query } from '../query/query.ts';
import type { StoredDocument } from '../wire.ts';

/** What happened to one document as a listener sees it. */
export type ViewUpdate =
  | { kind: 'changed'; name: string; document: StoredDocument }
  /** It is gone, or never was. */
  | { kind: 'deleted'; name: string }
  /** It changed and no longer matches. */
  | { kind: 'removed'; name: string }
  /** It is as it was, but others push it out of the limit. */
  | { kind: 'evicted'; name: string };

/** What one target of a listener shows, kept up to date from commits. */
export interface View {
  /** The whole content, read afresh. */
  open(): ViewUpdate[];
  /** What the changes of one commit do to the content. */
  apply(changes: readonly DocumentChange[]): ViewUpdate[];
}

/** The part of a compiled query that a view needs. */
export type ViewQuery = Pick<Query, 'limit' | 'offset' | 'matches' | 'compare' | 'run'>;

/** Shows single documents, there or not. */
export function documentsView(names: readonly string[], read: (name: string) => StoredDocument | undefined): View {
  const update = (name: string, document: StoredDocument | undefined): ViewUpdate =>
    document ? changed(document) : { kind: 'deleted', name };
  return {
    open: () => names.map((name) => update(name, read(name))),
    apply: (changes) =>
      changes.filter((change) => names.includes(nameOf(change))).map((change) => update(nameOf(change), change.after)),
  };
}

/** Shows the result of a query. */
export function queryView(query: ViewQuery): View {
  return query.limit === undefined && query.offset === 0 ? unlimitedView(query) : windowView(query);
}

/** Without a limit, a document's two sides say all: nothing needs to be remembered. */
function unlimitedView(query: ViewQuery): View {
  const apply = ({ before, after }: DocumentChange): ViewUpdate[] => {
    if (after && query.matches(after)) return [changed(after)];
    if (!before || !query.matches(before)) return [];
    return [{ kind: after ? 'removed' : 'deleted', name: before.name }];
  };
  return { open: () => query.run().map(changed), apply: (changes) => changes.flatMap(apply) };
}

/** With a limit the result is remembered, and read again only when a document from beyond its end must move up. */
function windowView(query: ViewQuery): View {
  let window: StoredDocument[] = [];
  return {
    open() {
      window = query.run();
      return window.map(changed);
    },
    apply(changes) {
      const before = window;
      window = nextWindow(query, before, changes) ?? query.run();
      return difference(before, window, changes);
    },
  };
}

/** The window after a commit, or undefined when only the query can tell. */
function nextWindow(
  query: ViewQuery,
  window: readonly StoredDocument[],
  changes: readonly DocumentChange[],
): StoredDocument[] | undefined {
  const { limit = Number.POSITIVE_INFINITY, offset } = query;
  const touched = new Set(changes.map(nameOf));
  const entering = changes.flatMap(({ after }) => (after && query.matches(after) ? [after] : []));
  const leaving = changes.some(({ before }) => before && query.matches(before));
  if (entering.length === 0 && !leaving) return [...window];
  if (offset > 0) return undefined;

  const next = [...window.filter(({ name }) => !touched.has(name)), ...entering].sort((a, b) => query.compare(a, b));
  const last = window[limit - 1];
  if (!last) return next.slice(0, limit);
  // Beyond the last document of a full window there may be others that were never seen.
  const certain = next.filter((document) => query.compare(document, last) <= 0);
  return certain.length >= limit ? certain.slice(0, limit) : undefined;
}

function difference(
  before: readonly StoredDocument[],
  after: readonly StoredDocument[],
  changes: readonly DocumentChange[],
): ViewUpdate[] {
  const old = new Map(before.map((document) => [document.name, document]));
  const isNew = ({ name, updateTime }: StoredDocument): boolean =>
    !isDeepStrictEqual(old.get(name)?.updateTime, updateTime);
  const shown = new Set(after.map(({ name }) => name));
  const fate = new Map(changes.map((change) => [nameOf(change), change.after ? 'removed' : 'deleted'] as const));
  const gone = before.filter(({ name }) => !shown.has(name));
  return [
    ...after.filter(isNew).map(changed),
    ...gone.map(({ name }): ViewUpdate => ({ kind: fate.get(name) ?? 'evicted', name })),
  ];
}

function changed(document: StoredDocument): ViewUpdate {
  return { kind: 'changed', name: document.name, document };
}

function nameOf({ before, after }: DocumentChange): string {
  return (after ?? before)?.name ?? '';
}
