import type { ClockState } from '../../clock.ts';
import type { HttpClient } from '../http-client.ts';

/** How Firestore's triggers stand. */
export interface TriggerState {
  inFlight: number;
  /** Earliest clock time at which an event is due; undefined when none waits. */
  nextDueMs: number | undefined;
}

/** The other processes that live by this host's clock. */
export class Neighbours {
  #http: HttpClient;
  #clockUrls: string[];
  #firestoreUrl: string | undefined;

  constructor(deps: { http: HttpClient; firestoreHost: string | undefined; clockPeers: readonly string[] }) {
    this.#http = deps.http;
    this.#firestoreUrl = deps.firestoreHost === undefined ? undefined : `http://${deps.firestoreHost}/__firestore`;
    this.#clockUrls = deps.clockPeers.map((base) => `${base}/__clock`);
    if (this.#firestoreUrl !== undefined) this.#clockUrls.push(`${this.#firestoreUrl}/clock`);
  }

  /** Tells every neighbour the time. Throws when one cannot be told. */
  async pushClock(state: ClockState): Promise<void> {
    await Promise.all(this.#clockUrls.map((url) => this.#ask(url, 'POST', state)));
  }

  /** Asks Firestore for undelivered trigger events. */
  async triggers(): Promise<TriggerState> {
    if (this.#firestoreUrl === undefined) return { inFlight: 0, nextDueMs: undefined };
    const { inFlight, nextDueMs } = JSON.parse(await this.#ask(`${this.#firestoreUrl}/triggers`, 'GET'));
    return { inFlight, nextDueMs: nextDueMs ?? undefined };
  }

  /** Waits until Firestore has no event due or in flight. */
  async settleTriggers(): Promise<void> {
    if (this.#firestoreUrl !== undefined) await this.#ask(`${this.#firestoreUrl}/triggers/settle`, 'POST', {});
  }

  async #ask(url: string, method: string, message?: object): Promise<string> {
    const headers = { 'content-type': 'application/json' };
    const body = message === undefined ? '' : JSON.stringify(message);
    const { status, body: answer } = await this.#http
      .send(url, { method, headers, body, idempotent: true })
      .catch((cause) => {
        throw new NeighbourFailed(`${method} ${url}: ${cause.message}`, { cause });
      });
    if (status >= 300) throw new NeighbourFailed(`${method} ${url} answered ${status}: ${answer.slice(0, 200)}`);
    return answer;
  }
}

/** Another process of the stack did not do its part. */
export class NeighbourFailed extends Error {
  override name = 'NeighbourFailed';
}
