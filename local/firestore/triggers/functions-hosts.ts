import { Agent, request } from 'node:http';
import type { StoredEvent } from './outbox.ts';
import { Slots } from './slots.ts';

const MAX_IN_FLIGHT = 80;
const AWAY_RETRY_MS = 1_000;

/** An event on its way to a function. */
export interface Letter {
  /** `host:port`; undefined while nobody has said where the functions are. */
  host: string | undefined;
  path: string;
  event: StoredEvent;
}

/**
 * What an attempt came to: the function said yes, the function said no, nobody answered, or a kept-alive connection
 * turned out to be closed, which says nothing about the host.
 */
type Outcome = 'delivered' | 'failed' | 'unreachable' | 'staleConnection';

/** The functions hosts that events are posted to; whoever is away is asked again every second of real time. */
export class FunctionsHosts {
  #slots = new Slots(MAX_IN_FLIGHT);
  #agent = new Agent({ keepAlive: true });
  #away = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #back = Promise.withResolvers<void>();
  #stopped = false;

  get inFlight(): number {
    return this.#slots.taken;
  }

  /**
   * Posts until a function says yes or no, or `letter`, which is asked before each attempt, says that nobody wants the event
   * any more ('dropped'). After `stop` it never resolves.
   */
  async deliver(letter: () => Letter | undefined): Promise<'delivered' | 'failed' | 'dropped'> {
    for (;;) {
      const back = this.#back;
      await this.#slots.take();
      const outcome = await this.#attempt(letter).finally(() => this.#slots.give());
      if (this.#stopped) await new Promise(() => undefined);
      // Already resolved when hosts came back while the attempt was under way: then it says nothing about them.
      if (outcome === 'unreachable') await back.promise;
      else if (outcome !== 'staleConnection') return outcome;
    }
  }

  /** Tries again at once what waits for an absent host. */
  mayBeBack(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#away.clear();
    this.#back.resolve();
    this.#back = Promise.withResolvers();
  }

  /** Cuts what is in flight. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#agent.destroy();
  }

  async #attempt(ask: () => Letter | undefined): Promise<Outcome | 'dropped'> {
    if (this.#stopped) return 'unreachable';
    const letter = ask();
    if (!letter) return 'dropped';
    const { host } = letter;
    if (host === undefined || this.#away.has(host)) return 'unreachable';
    const back = this.#back;
    const outcome = await this.#post(`http://${host}${letter.path}`, letter.event);
    if (outcome === 'unreachable' && back === this.#back && !this.#stopped) {
      this.#away.add(host);
      this.#timer ??= setTimeout(() => this.mayBeBack(), AWAY_RETRY_MS);
    }
    return outcome;
  }

  /** There is no time limit: a function may run as long as its own allows. Never rejects. */
  #post(url: string, event: StoredEvent): Promise<Outcome> {
    // Base64, because the official suite's functions emulator decodes it.
    const body = Buffer.from(event.data).toString('base64');
    const headers = { ...event.headers, 'content-length': body.length };
    return new Promise((resolve) => {
      const outgoing = request(url, { method: 'POST', headers, agent: this.#agent }, (response) => {
        const status = response.statusCode ?? 0;
        response.on('error', () => resolve('unreachable'));
        response.on('end', () => resolve(status >= 200 && status < 300 ? 'delivered' : 'failed'));
        response.resume();
      });
      outgoing.on('error', () => resolve(outgoing.reusedSocket ? 'staleConnection' : 'unreachable'));
      outgoing.end(body);
    });
  }
}
