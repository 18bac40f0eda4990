import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One message that a webhook was sent. */
export interface Received {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** How the receiver answers; `hang` never does. */
export type Answer = { status: number; headers?: Record<string, string> } | 'hang' | 'cut';

/** A webhook receiver that keeps what arrives and answers what it is told to, path by path. */
export class Receiver {
  readonly received: Received[] = [];
  /** By path; what has none is taken with 204. */
  readonly answers = new Map<string, Answer>();
  /** Called before an answer goes out. */
  onReceived: (() => void) | undefined;
  #server: Server;
  #port = 0;

  constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const path = request.url ?? '';
        this.received.push({ path, headers: request.headers, body: Buffer.concat(chunks).toString() });
        this.onReceived?.();
        const answer = this.answers.get(path) ?? { status: 204 };
        if (answer === 'cut') request.socket.destroy();
        else if (answer !== 'hang') response.writeHead(answer.status, answer.headers).end();
      });
    });
  }

  async start(): Promise<void> {
    await new Promise<void>((done) => this.#server.listen(0, '127.0.0.1', done));
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** A channel that sends to a path here. */
  channel(id: string, more: object = {}): object {
    const secret = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
    return { id, kind: 'webhook', url: this.url(id), secret, ...more };
  }

  url(path: string): string {
    return `http://127.0.0.1:${this.#port}/${path}`;
  }

  at(path: string): Received[] {
    return this.received.filter((each) => each.path === path);
  }

  async stop(): Promise<void> {
    this.#server?.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }
}
