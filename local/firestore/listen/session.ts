import type { DocumentChange } from '../change.ts';
import { invalid } from '../errors.ts';
import { statusOf } from '../grpc/call.ts';
import { collectionIdOf, pathOf } from '../names.ts';
import type { ListenRequest, ListenResponse, ProtoTimestamp, TargetChange, TargetRequest } from '../wire.ts';
import type { View, ViewUpdate } from './view.ts';

const FIRST_ASSIGNED_ID = 1_000_000;

/** A target while it is watched: `apply` of its session is called with every commit that may concern it. */
export interface WatchedTarget {
  view: View;
  unwatch(): void;
}

/** What a session asks of the server. */
export interface SessionDeps {
  send(response: ListenResponse): void;
  /** Throws FirestoreError when the target is not to be had. */
  watch(request: TargetRequest, session: ListenSession, targetId: number): WatchedTarget;
  readTime(): ProtoTimestamp;
  /** Counts document reads of a collection. */
  billReads(collectionId: string, count: number): void;
}

/** One Listen stream, apart from the wire: targets come and go, commits become messages. */
export class ListenSession {
  #deps: SessionDeps;
  #targets = new Map<number, WatchedTarget>();
  #nextId = FIRST_ASSIGNED_ID;

  constructor(deps: SessionDeps) {
    this.#deps = deps;
  }

  /** Throws INVALID_ARGUMENT when a target id is taken. */
  receive({ addTarget, removeTarget }: ListenRequest): void {
    if (addTarget) this.#add(addTarget);
    else if (removeTarget !== undefined) this.#remove(removeTarget);
  }

  /** Tells what a commit did to one target. Returns whether that was anything: then `consistent` is to follow. */
  apply(targetId: number, changes: readonly DocumentChange[]): boolean {
    let updates: ViewUpdate[] = [];
    this.#guarded(targetId, () => {
      updates = this.#targets.get(targetId)?.view.apply(changes) ?? [];
      this.#tell(targetId, updates);
    });
    return updates.length > 0;
  }

  /** Says that everything told so far makes one consistent state; also the sign of life. */
  consistent(): void {
    this.#send('NO_CHANGE', [], this.#moment());
  }

  /** Shows every target anew, after everything was wiped. */
  reset(): void {
    for (const targetId of this.#targets.keys()) this.#guarded(targetId, () => this.#open(targetId, true));
  }

  close(): void {
    for (const { unwatch } of this.#targets.values()) unwatch();
    this.#targets.clear();
  }

  #add(request: TargetRequest): void {
    const targetId = request.targetId || this.#nextId++;
    if (this.#targets.has(targetId)) throw invalid(`Target ID already exists: ${targetId}`);
    this.#guarded(targetId, () => {
      this.#targets.set(targetId, this.#deps.watch(request, this, targetId));
      this.#send('ADD', [targetId]);
      // The state that a token stands for is not kept, so whoever resumes is shown everything again.
      this.#open(targetId, Boolean(request.resumeToken?.length || request.readTime));
      if (request.once) this.#remove(targetId);
    });
  }

  #open(targetId: number, reset: boolean): void {
    const content = this.#targets.get(targetId)?.view.open() ?? [];
    if (reset) this.#send('RESET', [targetId]);
    this.#tell(targetId, content);
    this.#send('CURRENT', [targetId], this.#moment());
    this.consistent();
  }

  #remove(targetId: number, cause?: { code: number; message: string }): void {
    this.#targets.get(targetId)?.unwatch();
    this.#targets.delete(targetId);
    this.#send('REMOVE', [targetId], cause && { cause });
  }

  /** A target that fails is removed with the reason; the others of the stream go on. */
  #guarded(targetId: number, work: () => void): void {
    try {
      work();
    } catch (error) {
      const { code, details: message } = statusOf(error);
      this.#remove(targetId, { code, message });
    }
  }

  #tell(targetId: number, updates: readonly ViewUpdate[]): void {
    const { send, readTime, billReads } = this.#deps;
    for (const update of updates) {
      const gone = { document: update.name, removedTargetIds: [targetId], readTime: readTime() };
      if (update.kind === 'changed') send({ documentChange: { document: update.document, targetIds: [targetId] } });
      else send(update.kind === 'deleted' ? { documentDelete: gone } : { documentRemove: gone });
    }
    const billed = updates.filter(({ kind }) => kind === 'changed' || kind === 'removed');
    for (const [collectionId, { length }] of Map.groupBy(billed, ({ name }) => collectionIdOf(pathOf(name)))) {
      billReads(collectionId, length);
    }
  }

  #moment(): { readTime: ProtoTimestamp; resumeToken: Buffer } {
    const readTime = this.#deps.readTime();
    return { readTime, resumeToken: Buffer.from(`${readTime.seconds}.${readTime.nanos}`) };
  }

  #send(targetChangeType: TargetChange['targetChangeType'], targetIds: number[], more?: Partial<TargetChange>): void {
    const ids = targetIds.length > 0 && { targetIds };
    this.#deps.send({ targetChange: { targetChangeType, ...ids, ...more } });
  }
}
