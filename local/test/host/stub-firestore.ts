import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface StubFirestore {
  hostPort: string;
  /** Everything asked of it, as `METHOD path body`. */
  asked: string[];
  /** What it says about its triggers. */
  triggers: { pending: number; inFlight: number; nextDueMs: number | null };
  /** Runs when it is told to settle. */
  onSettle: () => Promise<void> | void;
  /** Answers this status to everything when set. */
  failWith: number | undefined;
  stop(): Promise<void>;
}

/** The HTTP side of the local Firestore and of any clock peer, reduced to what the host asks of it. */
export async function startStubFirestore(): Promise<StubFirestore> {
  const server = createServer(async (req, res) => {
    stub.asked.push(`${req.method} ${req.url} ${await bodyOf(req)}`.trim());
    if (stub.failWith !== undefined) {
      res.writeHead(stub.failWith).end('out of order');
      return;
    }
    if (req.url === '/__firestore/triggers/settle') await stub.onSettle();
    res.setHeader('content-type', 'application/json');
    res.end(JSON.stringify(req.url === '/__firestore/triggers' ? stub.triggers : {}));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const stub: StubFirestore = {
    hostPort: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: [],
    triggers: { pending: 0, inFlight: 0, nextDueMs: null },
    onSettle: () => undefined,
    failWith: undefined,
    async stop() {
      const closed = new Promise((done) => server.close(done));
      server.closeAllConnections();
      await closed;
    },
  };
  return stub;
}

async function bodyOf(req: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of req) body += chunk;
  return body;
}
