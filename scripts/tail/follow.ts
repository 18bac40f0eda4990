import { setTimeout as sleep } from 'node:timers/promises';
import { EventSourceParserStream } from 'eventsource-parser/stream';

const MAX_WAIT_MS = 30_000;
const FIRST_WAIT_MS = 1_000;
/** Events that may come again after a break; the server goes back at most 1,000. */
const REMEMBERED = 5_000;

/** Trouble that trying again does not mend. */
export class TailError extends Error {}

/** Where the stream is. */
export interface Source {
  url: string;
  /** Signs in: asked for with every connection, since a token ends after an hour. */
  headers(): Promise<Record<string, string>>;
}

/** An event of the log as the stream tells it. */
export interface TailEvent {
  id: string;
  type: string;
  recordedAt: string;
  occurredAt: string;
  userKey: string;
  cellKey?: string;
  body: Record<string, unknown>;
}

export interface FollowOptions {
  signal: AbortSignal;
  /** Hears why the stream broke off, and of gaps. */
  onNote?: (note: string) => void;
  /** The first wait before connecting again, unless the server names another (default 1 s). */
  firstWaitMs?: number;
}

/** What one connection leaves behind. */
interface Standing {
  lastId: string | undefined;
  waitMs: number;
}

/**
 * Every event from now until `signal` aborts, each once: after a break it connects again, waiting longer each time up to
 * 30 s, and goes on where it was. Throws TailError when the server refuses.
 */
export async function* follow(source: Source, options: FollowOptions): AsyncGenerator<TailEvent> {
  const { signal, onNote = () => undefined, firstWaitMs = FIRST_WAIT_MS } = options;
  const seen = new Set<string>();
  const standing: Standing = { lastId: undefined, waitMs: firstWaitMs };
  for (let failures = 0; !signal.aborted; failures++) {
    try {
      for await (const { event, data } of messages(source, standing, signal)) {
        if (event === 'ready') failures = 0;
        if (event === 'gap')
          onNote(
            `a gap: more than ${data.moreThan} events since ${data.from}; from ${data.completeAt} on get them at ${data.export}`,
          );
        if (event === 'bye' || event === 'overflow') onNote(`the stream ended: ${data.reason}`);
        if (typeof data.id !== 'string' || seen.has(data.id)) continue;
        remember(seen, data.id);
        yield data as unknown as TailEvent;
      }
    } catch (error) {
      if (error instanceof TailError) throw error;
      // Anything else is a connection that broke or was not to be had; there will be another, unless nobody waits any more.
      if (!signal.aborted) onNote(`no connection: ${causeOf(error)}`);
    }
    const waitMs = Math.min(standing.waitMs * 2 ** failures, MAX_WAIT_MS);
    await sleep(waitMs * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => undefined);
  }
}

/** What one connection says, until it ends. */
async function* messages(
  { url, headers }: Source,
  standing: Standing,
  signal: AbortSignal,
): AsyncGenerator<{ event: string; data: Record<string, unknown> }> {
  const lastId = standing.lastId === undefined ? {} : { 'Last-Event-ID': standing.lastId };
  const answer = await fetch(url, { headers: { ...(await headers()), ...lastId }, signal });
  if (answer.status >= 400 && answer.status < 500 && answer.status !== 429) throw await refusalOf(answer);
  if (!answer.ok || !answer.body) {
    await answer.body?.cancel();
    throw new Error(`the server answered ${answer.status}`);
  }
  const onRetry = (ms: number) => {
    standing.waitMs = ms;
  };
  const decoded = answer.body.pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>);
  for await (const { id, event = 'message', data } of decoded.pipeThrough(new EventSourceParserStream({ onRetry }))) {
    if (id !== undefined) standing.lastId = id;
    yield { event, data: JSON.parse(data) };
  }
}

async function refusalOf(answer: Response): Promise<TailError> {
  const text = await answer.text();
  const isProblem = answer.headers.get('content-type')?.includes('problem+json') ?? false;
  const { detail = '', errors = [] } = isProblem ? JSON.parse(text) : {};
  const wrong = errors.map((error: { path: string; message: string }) => `${error.path}: ${error.message}`);
  return new TailError([`${answer.status} ${detail || answer.statusText}`, ...wrong].join('\n  '));
}

function remember(seen: Set<string>, id: string): void {
  seen.add(id);
  const [oldest] = seen;
  if (seen.size > REMEMBERED && oldest !== undefined) seen.delete(oldest);
}

function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
