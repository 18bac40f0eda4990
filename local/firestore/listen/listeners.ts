import { Metadata, type ServerDuplexStream } from '@grpc/grpc-js';
import type { CommitObserver, DocumentChange } from '../change.ts';
import type { Engine } from '../engine/engine.ts';
import { invalid } from '../errors.ts';
import { statusOf } from '../grpc/call.ts';
import { collectionIdOf, parseName } from '../names.ts';
import { Query } from '../query/query.ts';
import { timestampFromMicros } from '../values/time.ts';
import type { ListenRequest, ListenResponse, TargetRequest } from '../wire.ts';
import { ListenSession, type WatchedTarget } from './session.ts';
import { documentsView, queryView, type View } from './view.ts';

/** The client library takes 120 s of silence for a dead stream. Real time. */
const HEARTBEAT_MS = 30_000;

type Subscription = { session: ListenSession; targetId: number };

/**
 * Every open Listen stream of the server. Targets are filed under the documents or the collection they look at, so a commit
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

  /** The handler of google.firestore.v1.Firestore/Listen. */
  readonly listen = (call: ServerDuplexStream<ListenRequest, ListenResponse>): void => {
    const engine = this.#engine;
    const session = new ListenSession({
      send: (response) => call.write(response),
      watch: (request, watcher, targetId) => this.#watch(request, { session: watcher, targetId }),
      readTime: () => timestampFromMicros(engine.readMicros()),
      billReads: (collectionId, count) => engine.usage.record('reads', collectionId, 'listen', count),
    });
    this.#sessions.add(session);
    const heartbeat = setInterval(() => session.consistent(), HEARTBEAT_MS);
    const close = (): void => {
      clearInterval(heartbeat);
      session.close();
      this.#sessions.delete(session);
    };
    call.sendMetadata(new Metadata());
    call.on('data', (request: ListenRequest) => {
      try {
        session.receive(request);
      } catch (error) {
        close();
        call.destroy(statusOf(error));
      }
    });
    call.on('end', () => {
      close();
      call.end();
    });
    call.on('cancelled', close).on('error', close);
  };

  #watch(request: TargetRequest, subscription: Subscription): WatchedTarget {
    const { places, view } = this.#target(request);
    for (const place of places) this.#byPlace.set(place, (this.#byPlace.get(place) ?? new Set()).add(subscription));
    const unwatch = () => {
      for (const place of places) {
        const others = this.#byPlace.get(place);
        others?.delete(subscription);
        if (others?.size === 0) this.#byPlace.delete(place);
      }
    };
    return { view, unwatch };
  }

  #target({ query, documents }: TargetRequest): { places: string[]; view: View } {
    if (query?.structuredQuery) {
      const ready = new Query(this.#engine, query.parent ?? '', query.structuredQuery);
      return { places: [placeOf(ready.database, 'collection', ready.collectionId)], view: queryView(ready) };
    }
    const paths = new Map((documents?.documents ?? []).map((name) => [name, parseName(name)]));
    if (paths.size === 0) throw invalid('A target needs a query or documents.');
    const places = Array.from(paths.values(), ({ database, path }) => placeOf(database, 'document', path));
    const read = (name: string) => this.#engine.store.get(parseName(name).database, parseName(name).path);
    return { places, view: documentsView([...paths.keys()], read) };
  }

  #committed(changes: readonly DocumentChange[]): void {
    const places = new Set(
      changes.flatMap(({ database, path }) => [
        placeOf(database, 'document', path),
        placeOf(database, 'collection', collectionIdOf(path)),
        placeOf(database, 'collection'),
      ]),
    );
    const concerned = new Set([...places].flatMap((place) => [...(this.#byPlace.get(place) ?? [])]));
    const told = [...concerned].filter(({ session, targetId }) => session.apply(targetId, changes));
    for (const session of new Set(told.map((one) => one.session))) session.consistent();
  }
}

/** Without an id: all collections. */
function placeOf(database: string, kind: 'collection' | 'document', id = '*'): string {
  return `${database} ${kind} ${id}`;
}
