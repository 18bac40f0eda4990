import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Of the calls that read, list or copy. Uploads and deletions always work. */
const FAULTY = 0.01;

/** Cloud Storage as the functions see it: a call in a hundred fails, before or after it took effect. */
export interface FlakyStorage {
  url: string;
  /** Calls that failed so far. */
  faults(): number;
  /** Where the storage is; until then every call fails. */
  leadTo(url: string): void;
  stop(): Promise<void>;
}

/** Starts it; which calls fail is drawn from `random`, in the order in which they come. */
export async function startFlakyStorage(random: () => number): Promise<FlakyStorage> {
  let target = '';
  let faults = 0;
  // Longer than any client keeps a connection: what fails here fails on purpose.
  const server = createServer({ keepAliveTimeout: 120_000 }, (incoming, outgoing) => {
    const spared = incoming.method === 'DELETE' || incoming.url?.startsWith('/upload');
    if (spared || random() >= FAULTY) return forward(target, incoming, outgoing);
    faults++;
    const kind = Math.floor(random() * 4);
    if (kind === 0) return refuse(outgoing);
    if (kind === 1) return outgoing.destroy();
    forward(target, incoming, undefined, () => (kind === 2 ? refuse(outgoing) : outgoing.destroy()));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    faults: () => faults,
    leadTo: (url) => {
      target = url;
    },
    stop: async () => {
      const closed = new Promise((done) => server.close(done));
      server.closeAllConnections();
      await closed;
    },
  };
}

function refuse(outgoing: ServerResponse): void {
  const error = { code: 503, message: 'Backend Error', errors: [{ reason: 'backendError', message: 'Backend Error' }] };
  outgoing.writeHead(503, { 'Content-Type': 'application/json' }).end(JSON.stringify({ error }));
}

/** Passes a call on, and its answer back; without `outgoing` the answer is read to its end and thrown away. */
function forward(
  target: string,
  incoming: IncomingMessage,
  outgoing: ServerResponse | undefined,
  thrownAway: () => void = () => undefined,
): void {
  const { method, headers, url = '/' } = incoming;
  const passed = request(`${target}${url}`, { method, headers }, (answer) => {
    if (outgoing) {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    } else answer.resume().on('end', thrownAway);
  });
  // Whoever called is gone, or learns it from the broken connection.
  passed.on('error', () => incoming.destroy());
  incoming.pipe(passed);
}
