import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';

const require = createRequire(import.meta.url);
const protos = require(
  `${require.resolve('firebase-functions').replace(/lib[\\/].*$/, '')}protos/compiledFirestore.js`,
);
const { DocumentEventData } = protos.google.events.cloud.firestore.v1;

export interface ReceivedEvent {
  triggerKey: string;
  headers: IncomingHttpHeaders;
  id: string;
  path: string;
  /** The decoded base64 of the request. */
  body: Buffer;
  /** DocumentEventData, decoded. */
  data: Record<string, unknown>;
}

export interface RecordingHost {
  hostPort: string;
  port: number;
  received: ReceivedEvent[];
  /** Most requests that were open at once. */
  mostOpen(): number;
  /** Resolves once so many events have come; rejects after 5 s. */
  until(count: number): Promise<ReceivedEvent[]>;
  stop(): Promise<void>;
}

/** A functions host that only notes what it gets; `answer` says the status, and may take its time. */
export async function startRecordingHost({
  port = 0,
  answer = () => 200,
}: {
  port?: number;
  answer?: (event: ReceivedEvent) => number | Promise<number>;
} = {}): Promise<RecordingHost> {
  const received: ReceivedEvent[] = [];
  const waiters = new Set<() => void>();
  let open = 0;
  let mostOpen = 0;
  const server: Server = createServer(async (request, response) => {
    mostOpen = Math.max(mostOpen, ++open);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.from(Buffer.concat(chunks).toString(), 'base64');
    const event: ReceivedEvent = {
      triggerKey: decodeURIComponent(request.url?.split('/').at(-1) ?? ''),
      headers: request.headers,
      id: String(request.headers['ce-id']),
      path: String(request.headers['ce-document']),
      body,
      data: decode(body),
    };
    received.push(event);
    for (const check of waiters) check();
    const status = await answer(event);
    open--;
    response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const bound = (server.address() as AddressInfo).port;
  return {
    hostPort: `127.0.0.1:${bound}`,
    port: bound,
    received,
    mostOpen: () => mostOpen,
    until: (count) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`${received.length} of ${count} events came`)), 5_000);
        const check = () => {
          if (received.length < count) return;
          clearTimeout(timer);
          waiters.delete(check);
          resolve(received);
        };
        waiters.add(check);
        check();
      }),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function decode(bytes: Uint8Array): Record<string, unknown> {
  return DocumentEventData.toObject(DocumentEventData.decode(bytes), { longs: String, enums: String });
}
