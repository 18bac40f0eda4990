import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A piece of network between the functions and something they depend on. */
export interface Wire {
  /** `127.0.0.1:PORT`, for the functions. */
  host: string;
  url: string;
  /** Where it leads; until then nobody is there. */
  leadTo(port: number): void;
  /** `cut`: every connection breaks at once. `silent`: what is sent gets no answer. */
  become(condition: 'whole' | 'cut' | 'silent'): void;
  /** Everything that the functions have sent, as it was. */
  sent(): string;
  stop(): Promise<void>;
}

export async function startWire(): Promise<Wire> {
  let target: number | undefined;
  let condition: 'whole' | 'cut' | 'silent' = 'whole';
  const sent: Buffer[] = [];
  const ends = new Set<Socket>();

  const keep = (socket: Socket) => {
    ends.add(socket);
    // A broken connection closes, too, and that is when it is forgotten.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => ends.delete(socket));
  };
  const server = createServer((near) => {
    keep(near);
    if (condition === 'cut' || target === undefined) {
      near.destroy();
      return;
    }
    const far = connect(target, '127.0.0.1');
    keep(far);
    near.on('data', (chunk) => {
      sent.push(chunk);
      if (condition === 'whole') far.write(chunk);
    });
    far.on('data', (chunk) => {
      if (condition === 'whole') near.write(chunk);
    });
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;

  return {
    host: `127.0.0.1:${port}`,
    url: `http://127.0.0.1:${port}`,
    leadTo: (to) => {
      target = to;
    },
    become: (next) => {
      condition = next;
      if (next === 'cut') for (const socket of ends) socket.destroy();
    },
    sent: () => Buffer.concat(sent).toString('latin1'),
    stop: async () => {
      const closed = new Promise((done) => server.close(done));
      for (const socket of ends) socket.destroy();
      await closed;
    },
  };
}
