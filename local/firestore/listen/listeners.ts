import type { CommitObserver, DocumentChange } from '../change.ts';
import type { Engine } from '../engine/engine.ts';
import { invalid } from '../errors.ts';
import { collectionIdOf, parseName } from '../names.ts';
import { compileQuery } from '../query/compile.ts';
import type { ListenResponse, TargetRequest } from './messages.ts';
import { ListenSession, type WatchedTarget } from './session.ts';
import { documentsView, queryView, type View } from './view.ts';

interface Subscription {
  session: ListenSession;
  targetId: number;
}

/**
 * Every open Listen stream of the server. Targets are filed under the document or collection they look at, so a commit
 * meets only those it may concern.
 */
export class Listeners {
  #engine: Engine;
  #sessions = new Set<ListenSession>();
  #byPlace = new Map<string, Set<Subscription>>();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  readonly observer: CommitObserver = {
    committed: (changes) => this.#committed(changes),
    wiped: () => {
      for (const session of this.#sessions) session.reset();
    },
  };

  open(send: (response: ListenResponse) => void): ListenSession {
    const engine = this.#engine;
    const session = new ListenSession({
      send,
      watch: (request, watcher, targetId) => this.#watch(request, watcher, targetId),
      readTime: () => engine.readTime(),
      billReads: (collectionId, count) => engine.usage.record('reads', collectionId, 'listen', count),
    });
    this.#sessions.add(session);
    return session;
  }

  close(session: ListenSession): void {
    session.close();
    this.#sessions.delete(session);
  }

  #watch(request: TargetRequest, session: ListenSession, targetId: number): WatchedTarget {
    const { keys, view } = this.#target(request);
    const subscription = { session, targetId };
    for (const key of keys) this.#byPlace.set(key, (this.#byPlace.get(key) ?? new Set()).add(subscription));
    const unwatch = () => {
      for (const key of keys) {
        const others = this.#byPlace.get(key);
        others?.delete(subscription);
        if (others?.size === 0) this.#byPlace.delete(key);
      }
    };
    return { view, unwatch };
  }

  #target({ query, documents }: TargetRequest): { keys: string[]; view: View } {
    if (query?.structuredQuery) {
      const compiled = compileQuery(this.#engine, query.parent ?? '', query.structuredQuery);
      const { database, collectionId } = compiled;
      return { keys: [collectionPlace(database, collectionId ?? ANY_COLLECTION)], view: queryView(compiled) };
    }
    const names = [...new Set(documents?.documents ?? [])];
    if (names.length === 0) throw invalid('A target needs a query or documents.');
    const read = (name: string) => {
      const { database, path } = parseName(name);
      return this.#engine.get(database, path);
    };
    const keys = names.map(parseName).map(({ database, path }) => documentPlace(database, path));
    return { keys, view: documentsView(names, read) };
  }

  #committed(changes: readonly DocumentChange[]): void {
    const concerned = new Map<Subscription, DocumentChange[]>();
    for (const change of changes) {
      for (const key of placesOf(change)) {
        for (const subscription of this.#byPlace.get(key) ?? []) {
          const found = concerned.get(subscription);
          if (found) found.push(change);
          else concerned.set(subscription, [change]);
        }
      }
    }
    const touched = new Set<ListenSession>();
    for (const [{ session, targetId }, own] of concerned) {
      if (session.apply(targetId, own)) touched.add(session);
    }
    for (const session of touched) session.consistent();
  }
}

const ANY_COLLECTION = '*';

function collectionPlace(database: string, collectionId: string): string {
  return `${database} collection ${collectionId}`;
}

function documentPlace(database: string, path: string): string {
  return `${database} document ${path}`;
}

function placesOf({ database, path }: DocumentChange): string[] {
  const collection = collectionPlace(database, collectionIdOf(path));
  return [documentPlace(database, path), collection, collectionPlace(database, ANY_COLLECTION)];
}
