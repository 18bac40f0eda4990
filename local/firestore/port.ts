import http from 'node:http';
import net, { type AddressInfo, type Socket } from 'node:net';
import { Server, ServerCredentials, type ServiceDefinition, type UntypedServiceImplementation } from '@grpc/grpc-js';

/** How long a connection may take to show which protocol it speaks, in real time. */
const PEEK_MS = 10_000;

export interface PortOptions {
  /** 0 for a free one. */
  port: number;
  service: ServiceDefinition;
  methods: UntypedServiceImplementation;
  http: http.RequestListener;
  /** `peer` is `address:port` of a connection that ended. */
  connectionClosed: (peer: string) => void;
}

/** Opens one port on 127.0.0.1 for gRPC (HTTP/2 without TLS) and HTTP/1: the first bytes of a connection tell them apart. */
export async function openPort(options: PortOptions): Promise<{ port: number; close(): Promise<void> }> {
  const grpc = new Server({
    'grpc.max_receive_message_length': -1,
    'grpc.max_send_message_length': -1,
    'grpc.keepalive_permit_without_calls': 1,
  });
  grpc.addService(options.service, options.methods);
  const injector = grpc.createConnectionInjector(ServerCredentials.createInsecure());
  const web = http.createServer(options.http);
  const sockets = new Set<Socket>();

  const tcp = net.createServer((socket) => {
    const peer = `${socket.remoteAddress}:${socket.remotePort}`;
    sockets.add(socket);
    socket.setNoDelay(true);
    // A connection that breaks also closes, and that is where it is cleaned up.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      sockets.delete(socket);
      options.connectionClosed(peer);
    });
    socket.setTimeout(PEEK_MS, () => socket.destroy());
    socket.once('readable', () => {
      const chunk: Buffer | null = socket.read();
      if (!chunk) return;
      socket.setTimeout(0);
      socket.removeAllListeners('timeout');
      socket.unshift(chunk);
      if (chunk.toString('latin1', 0, 3) === 'PRI') injector.injectConnection(socket);
      else web.emit('connection', socket);
    });
  });
  await new Promise<void>((resolve, reject) => {
    tcp.once('error', reject);
    tcp.listen(options.port, '127.0.0.1', resolve);
  });
  return {
    port: (tcp.address() as AddressInfo).port,
    close: async () => {
      const closed = new Promise((resolve) => tcp.close(resolve));
      injector.destroy();
      web.closeAllConnections();
      for (const socket of sockets) socket.destroy();
      grpc.forceShutdown();
      await closed;
    },
  };
}
