import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { DocumentChange } from '../../firestore/change.ts';
import { failedPrecondition } from '../../firestore/errors.ts';
import { ListenSession } from '../../firestore/listen/session.ts';
import { documentsView, queryView, type View, type ViewQuery } from '../../firestore/listen/view.ts';
import type { ListenResponse, StoredDocument } from '../../firestore/wire.ts';

const ROOT = 'projects/demo-p/databases/(default)/documents';

describe('firestore listen: views', () => {
  const step = fc.record({ id: fc.integer({ min: 0, max: 7 }), rank: fc.option(fc.integer({ min: -3, max: 6 })) });
  const commits = fc.array(fc.array(step, { minLength: 1, maxLength: 3 }), { maxLength: 40 });

  for (const { limit, offset } of [
    { limit: undefined, offset: 0 },
    { limit: 1, offset: 0 },
    { limit: 3, offset: 0 },
    { limit: 3, offset: 2 },
    { limit: undefined, offset: 2 },
  ]) {
    it(`shows what the query would return after every commit (limit ${limit}, offset ${offset})`, () => {
      fc.assert(
        fc.property(commits, (steps) => {
          const collection = new Collection(limit, offset);
          const view = queryView(collection);
          const client = new Map<string, StoredDocument>();
          follow(client, view.open());
          for (const one of steps) {
            follow(client, view.apply(collection.commit(one)));
            const expected = collection.run();
            assert.deepEqual([...client.values()].sort(collection.compare), expected);
          }
        }),
        { seed: 1, numRuns: 300 },
      );
    });
  }

  it('reads a limited query again only when a document from beyond its end moves up', () => {
    const collection = new Collection(3, 0);
    collection.commit([0, 1, 2, 3, 4].map((id) => ({ id, rank: id })));
    const view = queryView(collection);
    view.open();
    const reads = (steps: { id: number; rank: number | null }[]) => {
      const before = collection.runs;
      const updates = view.apply(collection.commit(steps)).map(({ kind, name }) => `${kind} ${name.at(-1)}`);
      return { updates, reads: collection.runs - before };
    };
    assert.deepEqual(reads([{ id: 4, rank: 5 }]), { updates: [], reads: 0 });
    assert.deepEqual(reads([{ id: 7, rank: 0 }]), { updates: ['changed 7', 'evicted 2'], reads: 0 });
    assert.deepEqual(reads([{ id: 1, rank: null }]), { updates: ['changed 2', 'deleted 1'], reads: 1 });
    assert.deepEqual(reads([{ id: 0, rank: -1 }]), { updates: ['changed 3', 'removed 0'], reads: 1 });
  });

  it('tells of documents that are there and that are not', () => {
    const document = at(1, 5, 1);
    const view = documentsView([document.name, `${ROOT}/c/2`], (name) =>
      name === document.name ? document : undefined,
    );
    assert.deepEqual(view.open(), [
      { kind: 'changed', name: document.name, document },
      { kind: 'deleted', name: `${ROOT}/c/2` },
    ]);
    assert.deepEqual(view.apply([change(document, undefined)]), [{ kind: 'deleted', name: document.name }]);
  });
});

describe('firestore listen: sessions', () => {
  const readTime = { seconds: '7', nanos: 1_000 };
  const resumeToken = Buffer.from('7.1000');
  const document = at(1, 5, 1);
  const emptyView: View = { open: () => [], apply: () => [] };
  let sent: ListenResponse[];
  let billed: [string, number][];
  let unwatched: number;

  function session(view: View): ListenSession {
    [sent, billed, unwatched] = [[], [], 0];
    return new ListenSession({
      send: (response) => sent.push(response),
      watch: () => ({ view, unwatch: () => unwatched++ }),
      readTime: () => readTime,
      billReads: (collectionId, count) => billed.push([collectionId, count]),
    });
  }

  const opened = (targetId: number): ListenResponse[] => [
    { targetChange: { targetChangeType: 'CURRENT', targetIds: [targetId], readTime, resumeToken } },
    { targetChange: { targetChangeType: 'NO_CHANGE', readTime, resumeToken } },
  ];

  it('adds a target: ADD, documents, CURRENT, and one consistent moment', () => {
    const view = documentsView([document.name, `${ROOT}/c/2`], (name) =>
      name === document.name ? document : undefined,
    );
    session(view).receive({ addTarget: { targetId: 4 } });
    assert.deepEqual(sent, [
      { targetChange: { targetChangeType: 'ADD', targetIds: [4] } },
      { documentChange: { document, targetIds: [4] } },
      { documentDelete: { document: `${ROOT}/c/2`, removedTargetIds: [4], readTime } },
      ...opened(4),
    ]);
    assert.deepEqual(billed, [['c', 1]]);
  });

  it('starts over for whoever comes with a resume token', () => {
    session(emptyView).receive({ addTarget: { targetId: 4, resumeToken } });
    assert.deepEqual(sent, [
      { targetChange: { targetChangeType: 'ADD', targetIds: [4] } },
      { targetChange: { targetChangeType: 'RESET', targetIds: [4] } },
      ...opened(4),
    ]);
  });

  it('removes a target on request, and one that was wanted once by itself', () => {
    const listening = session(emptyView);
    listening.receive({ addTarget: { targetId: 4 } });
    listening.receive({ removeTarget: 4 });
    listening.receive({ addTarget: { targetId: 5, once: true } });
    const removals = sent.filter(({ targetChange }) => targetChange?.targetChangeType === 'REMOVE');
    assert.deepEqual(
      removals.map(({ targetChange }) => targetChange?.targetIds),
      [[4], [5]],
    );
    assert.equal(unwatched, 2);
  });

  it('removes a target that fails, with the reason, and goes on', () => {
    const refused = () => {
      throw failedPrecondition('The query requires an index.');
    };
    const listening = session({ open: refused, apply: () => [] });
    listening.receive({ addTarget: { targetId: 4 } });
    const cause = { code: 9, message: 'The query requires an index.' };
    assert.deepEqual(sent.at(-1), { targetChange: { targetChangeType: 'REMOVE', targetIds: [4], cause } });
    assert.equal(listening.apply(4, []), false);
    listening.consistent();
    assert.deepEqual(sent.at(-1)?.targetChange?.targetChangeType, 'NO_CHANGE');
  });

  it('refuses a target id that is taken', () => {
    const listening = session(emptyView);
    listening.receive({ addTarget: { targetId: 4 } });
    assert.throws(() => listening.receive({ addTarget: { targetId: 4 } }), { code: 3 });
  });

  it('gives an id to a target that has none', () => {
    const listening = session(emptyView);
    listening.receive({ addTarget: {} });
    listening.receive({ addTarget: {} });
    const added = sent.filter(({ targetChange }) => targetChange?.targetChangeType === 'ADD');
    assert.equal(new Set(added.map(({ targetChange }) => targetChange?.targetIds?.[0])).size, 2);
  });
});

/** Documents `c/0` … with a rank; the query wants those with rank >= 0, by rank. */
class Collection implements ViewQuery {
  readonly limit: number | undefined;
  readonly offset: number;
  runs = 0;
  #documents = new Map<number, StoredDocument>();
  #version = 0;

  constructor(limit: number | undefined, offset: number) {
    this.limit = limit;
    this.offset = offset;
  }

  matches = (document: StoredDocument): boolean => rankOf(document) >= 0;

  compare = (a: StoredDocument, b: StoredDocument): number =>
    rankOf(a) - rankOf(b) || Number(a.name > b.name) - Number(a.name < b.name);

  run(): StoredDocument[] {
    this.runs++;
    const all = [...this.#documents.values()].filter(this.matches).sort(this.compare);
    return all.slice(this.offset, this.offset + (this.limit ?? all.length));
  }

  /** One commit; a later step on the same document replaces an earlier one. A rank of null deletes. */
  commit(steps: readonly { id: number; rank: number | null }[]): DocumentChange[] {
    this.#version++;
    const changes: DocumentChange[] = [];
    for (const [id, rank] of new Map(steps.map((one) => [one.id, one.rank]))) {
      const before = this.#documents.get(id);
      const after = rank === null ? undefined : at(id, rank, this.#version);
      if (!before && !after) continue;
      if (after) this.#documents.set(id, after);
      else this.#documents.delete(id);
      changes.push(change(before, after));
    }
    return changes;
  }
}

function follow(client: Map<string, StoredDocument>, updates: ReturnType<View['open']>): void {
  for (const update of updates) {
    if (update.kind === 'changed') client.set(update.name, update.document);
    else client.delete(update.name);
  }
}

function at(id: number, rank: number, version: number): StoredDocument {
  const time = { seconds: String(version), nanos: 0 };
  return {
    name: `${ROOT}/c/${id}`,
    fields: { rank: { integerValue: String(rank) } },
    createTime: time,
    updateTime: time,
  };
}

function change(before: StoredDocument | undefined, after: StoredDocument | undefined): DocumentChange {
  const path = (after ?? before)?.name.slice(ROOT.length + 1) ?? '';
  return { database: '(default)', path, before, after, commitVersion: 1n };
}

function rankOf(document: StoredDocument): number {
  return Number(document.fields.rank?.integerValue);
}
