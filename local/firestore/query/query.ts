import type { Engine } from '../engine/engine.ts';
import { invalid, unimplemented } from '../errors.ts';
import type { QueryScope } from '../index/definitions.ts';
import { indexTerm, keyHead } from '../index/keys.ts';
import { checkId, parseName, splitDocumentPath } from '../names.ts';
import { idKey, pathKey } from '../values/key.ts';
import { EVERYTHING } from '../values/ranges.ts';
import type { StoredDocument, StructuredQuery } from '../wire.ts';
import type { Condition } from './conditions.ts';
import { type Conjunction, conjunctionOf } from './conjunction.ts';
import { joined, merged } from './join.ts';
import { disjunctiveNormalForm } from './normal-form.ts';
import { fullOrder, SortKeys } from './order.ts';
import { EntryStream, type Tally } from './stream.ts';

/** A query made ready to run, and to be asked about single documents (for listeners). */
export class Query {
  readonly database: string;
  /** Path of the document under which it looks; '' for the root. */
  readonly parent: string;
  /** Absent in a query over all collections below `parent`. */
  readonly collectionId: string | undefined;
  readonly limit: number | undefined;
  readonly offset: number;
  readonly engine: Engine;
  readonly scope: QueryScope;
  readonly sortKeys: SortKeys;
  /** The filter as an OR of ANDs. */
  readonly disjuncts: readonly (readonly Condition[])[];
  /** What running it came to so far. */
  readonly tally: Tally = { entries: 0 };

  /**
   * `parent` is a full name, as on the wire. A document that lacks one of the fields `present` is not in the result.
   * Throws INVALID_ARGUMENT.
   */
  constructor(engine: Engine, parent: string, query: StructuredQuery, present: readonly string[] = []) {
    if (query.findNearest) throw unimplemented('Vector search is not implemented here.');
    const [selector, second] = query.from ?? [];
    if (!selector || second) throw invalid('A query needs exactly one collection selector.');
    const { collectionId, allDescendants = false } = selector;
    if (collectionId) checkId(collectionId);
    else if (!allDescendants) throw invalid('A query without a collection id needs allDescendants.');
    const { database, path } = parseName(parent);
    if (collectionId && allDescendants && path) throw unimplemented('A collection group below a document.');
    this.engine = engine;
    this.database = database;
    this.parent = path;
    this.collectionId = collectionId || undefined;
    this.scope = allDescendants ? 'COLLECTION_GROUP' : 'COLLECTION';
    this.limit = query.limit && (query.limit.value ?? 0);
    this.offset = query.offset ?? 0;
    if (this.offset < 0 || (this.limit ?? 0) < 0) throw invalid('limit and offset must not be negative.');
    // The names of a result from several collections are compared as whole paths.
    const nameKey = (path: string): Buffer => (allDescendants ? pathKey(path) : idKey(splitDocumentPath(path).id));
    const filteredName = (path: string): Buffer => {
      if (allDescendants || this.#inScope(path)) return nameKey(path);
      throw invalid(`A filter on __name__ names a document outside the collection: ${path}`);
    };
    const otherComponents = (query.orderBy?.length ?? 0) + (path ? 1 : 0);
    this.disjuncts = disjunctiveNormalForm(query.where, filteredName, otherComponents);
    this.sortKeys = new SortKeys(fullOrder(query, this.disjuncts, present), nameKey, query);
  }

  /** Whether the document belongs to the result, were there no limit and no offset. */
  matches(document: StoredDocument): boolean {
    const { database, path } = parseName(document.name);
    if (database !== this.database || !this.#inScope(path)) return false;
    const satisfied = this.disjuncts.some((conditions) => conditions.every((one) => one.satisfiedBy(document)));
    return satisfied && this.sortKeys.of(document) !== undefined;
  }

  /** The order of the result, ending with the document name: never 0 for two documents. (limitToLast arrives reversed.) */
  compare(a: StoredDocument, b: StoredDocument): number {
    return Buffer.compare(this.sortKeys.of(a) ?? Buffer.alloc(0), this.sortKeys.of(b) ?? Buffer.alloc(0));
  }

  /** The result in order, offset and limit applied. Throws FAILED_PRECONDITION when an index is missing. */
  run(): StoredDocument[] {
    return [...this.documents(this.offset, this.limit)];
  }

  /** The result in order; documents are read as they are asked for, so nothing may be written in between. */
  *documents(offset = 0, limit = Number.POSITIVE_INFINITY): Generator<StoredDocument> {
    let seen = 0;
    if (limit <= 0) return;
    for (const document of this.#all()) {
      if (++seen > offset) yield document;
      if (seen >= offset + limit) return;
    }
  }

  /** The number of documents in the result, counted up to `upTo`, without reading documents where that is possible. */
  count(upTo: number): number {
    const wanted = Math.min(this.limit ?? Number.POSITIVE_INFINITY, upTo) + this.offset;
    const max = Math.min(wanted, Number.MAX_SAFE_INTEGER);
    const [conjunction, second] = this.collectionId ? this.#conjunctions() : [];
    if (conjunction?.exact && !second) return Math.max(0, conjunction.count(max) - this.offset);
    let count = 0;
    for (const _document of this.documents(0, max)) count++;
    return Math.max(0, count - this.offset);
  }

  #all(): Iterable<StoredDocument> {
    if (!this.collectionId) return this.#allBelow();
    const results = this.#conjunctions().map((conjunction) => conjunction.documents());
    return merged(results, (a, b) => this.compare(a, b));
  }

  /** Every matching document of all collections below a parent, sorted after reading them all: for recursive deletes. */
  #allBelow(): StoredDocument[] {
    const { store } = this.engine;
    const nameIndex = store.terms.index(indexTerm.name('COLLECTION'));
    const collections = store.terms.collectionsBelow(this.database, this.parent);
    const found = collections.flatMap(({ no }) => {
      const entries = joined([new EntryStream(store, keyHead(nameIndex, no), EVERYTHING, false)]);
      return Array.from(entries, (documentNo) => store.documentByNo(documentNo)).filter((one) => this.matches(one));
    });
    return found.sort((a, b) => this.compare(a, b));
  }

  #conjunctions(): Conjunction[] {
    return this.disjuncts.map((conditions) => conjunctionOf(this, conditions));
  }

  #inScope(path: string): boolean {
    const { parent, collectionId } = splitDocumentPath(path);
    if (this.scope === 'COLLECTION') return parent === this.parent && collectionId === this.collectionId;
    const below = this.parent === '' || path.startsWith(`${this.parent}/`);
    return below && (!this.collectionId || collectionId === this.collectionId);
  }
}
