import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ClockState, MovableClock } from '../clock.ts';

/** A server that listens on 127.0.0.1 and nowhere else. */
export interface Listening {
  port: number;
  url: string;
  /** Closes the port and every open connection. */
  stop(): Promise<void>;
}

/** Answers requests on 127.0.0.1 at `port` (0: any free one). Rejects when the port is taken. */
export async function listen(answer: RequestListener, port = 0): Promise<Listening> {
  // Longer than the idle time of any client's connection pool, so that no request meets a socket that is being closed.
  const server = createServer({ keepAliveTimeout: 120_000 }, answer);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const bound = (server.address() as AddressInfo).port;
  return {
    port: bound,
    url: `http://127.0.0.1:${bound}`,
    stop: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      }),
  };
}

/** The request body as text. Throws RangeError when it is larger than `maxBytes`. */
export async function readText(request: IncomingMessage, maxBytes = 32 * 1024 * 1024): Promise<string> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > maxBytes) throw new RangeError(`the body is larger than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** The request body as JSON, `undefined` when it is empty. Throws SyntaxError when it is not JSON, RangeError when too large. */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const text = await readText(request);
  return text === '' ? undefined : JSON.parse(text);
}

/** Ends `response` with `body` as JSON. */
export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=UTF-8',
    'Content-Length': Buffer.byteLength(text),
    ...headers,
  });
  response.end(text);
}

/** Takes over the clock reading in the body: `POST /__clock` of every local server. Throws SyntaxError when it is none. */
export async function followClock(request: IncomingMessage, clock: MovableClock): Promise<void> {
  const reading = (await readJson(request)) as Partial<ClockState> | null | undefined;
  if (!Number.isFinite(reading?.nowMs) || typeof reading?.running !== 'boolean') {
    throw new SyntaxError('the body must be {"nowMs": milliseconds since 1970, "running": true or false}');
  }
  clock.follow(reading as ClockState);
}
