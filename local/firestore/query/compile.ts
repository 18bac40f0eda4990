import type { StoredDocument } from '../change.ts';
import type { Engine } from '../engine/engine.ts';
import { invalid, unimplemented } from '../errors.ts';
import { checkId, parseName, pathOf, splitDocumentPath } from '../names.ts';
import type { Bound } from '../values/bytes.ts';
import { pathKey } from '../values/key.ts';
import type { StructuredQuery } from '../wire.ts';
import { allBelow } from './all-below.ts';
import type { CompiledQuery } from './compiled.ts';
import { type Condition, disjunctiveNormalForm, NAME_FIELD, satisfies } from './conditions.ts';
import { Conjunction } from './conjunction.ts';
import { fullOrder, type OrderField, SortKeys } from './order.ts';
import { plan } from './plan.ts';
import { merged } from './union.ts';

/** Makes a query ready. `parent` is a full name, as on the wire. Throws INVALID_ARGUMENT. */
export function compileQuery(engine: Engine, parent: string, query: StructuredQuery): FirestoreQuery {
  return new FirestoreQuery(engine, parent, query);
}

/** See CompiledQuery. */
export class FirestoreQuery implements CompiledQuery {
  readonly database: string;
  readonly parent: string;
  readonly collectionId: string | undefined;
  readonly allDescendants: boolean;
  readonly limit: number | undefined;
  readonly offset: number;
  readonly disjuncts: readonly (readonly Condition[])[];
  readonly order: readonly OrderField[];
  #engine: Engine;
  #sortKeys: SortKeys;
  #start: Bound | undefined;
  #end: Bound | undefined;

  constructor(engine: Engine, parent: string, query: StructuredQuery) {
    if (query.findNearest) throw unimplemented('Vector search is not implemented here.');
    if ((query.from?.length ?? 0) !== 1) throw invalid('A query needs exactly one collection selector.');
    const { database, path } = parseName(parent);
    const { collectionId, allDescendants = false } = query.from?.[0] ?? {};
    if (collectionId) checkId(collectionId);
    else if (!allDescendants) throw invalid('A query without a collection id needs allDescendants.');
    this.#engine = engine;
    this.database = database;
    this.parent = path;
    this.collectionId = collectionId || undefined;
    this.allDescendants = allDescendants;
    this.limit = query.limit && (query.limit.value ?? 0);
    this.offset = query.offset ?? 0;
    if (this.offset < 0 || (this.limit ?? 0) < 0) throw invalid('limit and offset must not be negative.');
    const disjuncts = disjunctiveNormalForm(query.where);
    this.disjuncts = disjuncts;
    this.#checkNames();
    this.order = fullOrder(query, disjuncts);
    this.#sortKeys = new SortKeys(this.order, allDescendants);
    this.#start = this.#sortKeys.startBound(query.startAt);
    this.#end = this.#sortKeys.endBound(query.endAt);
  }

  matches(document: StoredDocument): boolean {
    if (!this.#inScope(document.name)) return false;
    if (!this.disjuncts.some((conditions) => conditions.every((condition) => satisfies(document, condition))))
      return false;
    const key = this.#sortKeys.of(document);
    return key !== undefined && this.#sortKeys.within(key, this.#start, this.#end);
  }

  compare(a: StoredDocument, b: StoredDocument): number {
    return Buffer.compare(this.sortKey(a), this.sortKey(b));
  }

  /** The place of a document that belongs to the result. */
  sortKey(document: StoredDocument): Buffer {
    return this.#sortKeys.of(document) ?? Buffer.alloc(0);
  }

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
    if (!this.collectionId) return allBelow(this.#engine.store, this);
    const results = this.#conjunctions().map((conjunction) => conjunction.documents());
    return merged(results, (document) => this.sortKey(document));
  }

  #conjunctions(): Conjunction[] {
    const { store, projectId } = this.#engine;
    const { database, parent, collectionId = '', allDescendants } = this;
    // A group query below a document looks at the part of the group whose paths begin with the document's.
    const scope = allDescendants ? 'COLLECTION_GROUP' : 'COLLECTION';
    const scopeNo = allDescendants
      ? store.terms.group(database, collectionId)
      : store.terms.collection(database, parent, collectionId);
    const below = allDescendants && parent ? [belowParent(parent)] : [];
    return this.disjuncts.map((own) => {
      const conditions = [...own, ...below];
      const input = {
        projectId,
        database,
        definitions: store.definitions,
        collectionId,
        scope,
        order: this.order,
      } as const;
      return new Conjunction({
        store,
        plan: plan({ ...input, conditions }),
        scopeNo,
        inGroup: allDescendants,
        conditions,
        sortKeys: this.#sortKeys,
        start: this.#start,
        end: this.#end,
      });
    });
  }

  #inScope(name: string): boolean {
    if (name.split('/', 4)[3] !== this.database) return false;
    const path = pathOf(name);
    if (this.allDescendants) {
      const below = this.parent === '' || path.startsWith(`${this.parent}/`);
      return below && (!this.collectionId || splitDocumentPath(path).collectionId === this.collectionId);
    }
    const { parent, collectionId } = splitDocumentPath(path);
    return parent === this.parent && collectionId === this.collectionId;
  }

  #checkNames(): void {
    if (this.allDescendants) return;
    for (const { fieldPath, values } of this.disjuncts.flat()) {
      if (fieldPath !== NAME_FIELD) continue;
      for (const { referenceValue } of values) {
        const { parent, collectionId } = splitDocumentPath(parseName(referenceValue).path);
        if (parent !== this.parent || collectionId !== this.collectionId) {
          throw invalid(`A filter on __name__ names a document outside the collection: ${referenceValue}`);
        }
      }
    }
  }
}

/** A condition on the name, not on any value: paths that begin with the parent's. */
function belowParent(parent: string): Condition {
  const first = pathKey(parent);
  const key = first.subarray(0, first.length - 2);
  return { fieldPath: NAME_FIELD, names: [NAME_FIELD], operator: 'below', values: [], keys: [key] };
}
