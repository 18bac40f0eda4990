import { Metadata, type ServerDuplexStream } from '@grpc/grpc-js';
import { statusOf } from '../grpc/call.ts';
import type { Listeners } from './listeners.ts';
import type { ListenRequest, ListenResponse } from './messages.ts';

/** The client library takes 120 s of silence for a dead stream. Real time. */
const HEARTBEAT_MS = 30_000;

/** The handler of google.firestore.v1.Firestore/Listen. */
export function listenHandler(listeners: Listeners): (call: ServerDuplexStream<ListenRequest, ListenResponse>) => void {
  return (call) => {
    call.sendMetadata(new Metadata());
    const session = listeners.open((response) => call.write(response));
    const heartbeat = setInterval(() => session.consistent(), HEARTBEAT_MS);
    const close = () => {
      clearInterval(heartbeat);
      listeners.close(session);
    };
    call.on('data', (request: ListenRequest) => {
      try {
        session.receive(request);
      } catch (error) {
        close();
        call.destroy(statusOf(error));
      }
    });
    call.on('end', () => {
      close();
      call.end();
    });
    call.on('cancelled', close);
    call.on('error', close);
  };
}
