import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Client, credentials, makeGenericClientConstructor } from '@grpc/grpc-js';
import { type App, deleteApp, initializeApp } from 'firebase-admin/app';
import { type Firestore, getFirestore } from 'firebase-admin/firestore';
import { MovableClock } from '../../clock.ts';
import { type FirestoreOptions, type RunningFirestore, startFirestore } from '../../firestore/index.ts';
import { firestoreService } from '../../firestore/protos.ts';

export const PROJECT = 'demo-test';
export const DATABASE = `projects/${PROJECT}/databases/(default)`;
export const ROOT = `${DATABASE}/documents`;
/** The gRPC codes that refusals carry. */
export const code = { invalid: 3, notFound: 5, alreadyExists: 6, failedPrecondition: 9, aborted: 10 };

export interface WireClient {
  call<Response>(method: string, request: object): Promise<Response>;
  close(): void;
}

export interface AdminStack {
  firestore: RunningFirestore;
  clock: MovableClock;
  db: Firestore;
  /** Another client of the admin library; ended by `stop`. */
  connect(databaseId?: string): Firestore;
  /** Calls a method of the wire protocol; one that streams gives the list of its responses. */
  call: WireClient['call'];
  /** A wire client with a connection of its own (clients of one process share theirs otherwise). */
  connectWire(): WireClient;
  stop(): Promise<void>;
}

// There is no metadata server here, and looking for one takes time.
process.env.METADATA_SERVER_DETECTION ??= 'none';

let apps = 0;

function admin(host: string, databaseId = '(default)'): { app: App; db: Firestore } {
  const app = initializeApp({ projectId: PROJECT }, `app-${process.pid}-${apps++}`);
  const before = process.env.FIRESTORE_EMULATOR_HOST;
  process.env.FIRESTORE_EMULATOR_HOST = host;
  const db = getFirestore(app, databaseId);
  if (before === undefined) delete process.env.FIRESTORE_EMULATOR_HOST;
  else process.env.FIRESTORE_EMULATOR_HOST = before;
  return { app, db };
}

interface StackOptions extends Pick<FirestoreOptions, 'dataDir' | 'transactionLimits'> {
  /** What is in firestore.indexes.json. */
  indexes?: object;
}

/** A Firestore on a clock that stands still, with the real admin library connected to it. */
export async function startAdminStack(options: StackOptions = {}): Promise<AdminStack> {
  const clock = new MovableClock({ startAtMs: Date.UTC(2026, 0, 1), running: false });
  const folder = mkdtempSync(path.join(tmpdir(), 'firestore-'));
  const indexesFile = path.join(folder, 'indexes.json');
  writeFileSync(indexesFile, JSON.stringify(options.indexes ?? {}));
  const { indexes: _written, ...others } = options;
  const firestore = await startFirestore({ projectId: PROJECT, clock, indexesFile, ...others });
  const apps: App[] = [];
  const connect = (databaseId?: string): Firestore => {
    const { app, db } = admin(firestore.host, databaseId);
    apps.push(app);
    return db;
  };
  const RawClient = makeGenericClientConstructor(firestoreService, 'Firestore');
  const connectWire = (): WireClient => {
    const options = { 'grpc.use_local_subchannel_pool': 1 };
    const client = new RawClient(firestore.host, credentials.createInsecure(), options);
    return { call: (method, request) => callWire(client, method, request), close: () => client.close() };
  };
  const wire = connectWire();
  return {
    firestore,
    clock,
    db: connect(),
    connect,
    connectWire,
    call: wire.call,
    stop: async () => {
      await Promise.all(apps.map((app) => deleteApp(app)));
      wire.close();
      await firestore.stop();
      clock.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

function callWire<Response>(client: Client, method: string, request: object): Promise<Response> {
  const definition = firestoreService[method];
  if (!definition) throw new Error(`no method ${method}`);
  const { path: url, requestSerialize, responseDeserialize } = definition;
  return new Promise((resolve, reject) => {
    if (definition.responseStream) {
      const responses: unknown[] = [];
      const stream = client.makeServerStreamRequest(url, requestSerialize, responseDeserialize, request);
      stream.on('data', (response) => responses.push(response));
      stream.on('error', reject);
      stream.on('end', () => resolve(responses as Response));
      return;
    }
    client.makeUnaryRequest(url, requestSerialize, responseDeserialize, request, (error, response) =>
      error ? reject(error) : resolve(response as Response),
    );
  });
}

/** What a call was refused with; fails when it was not refused. */
export async function refusal(work: Promise<unknown>): Promise<{ code: number; message: string }> {
  try {
    await work;
  } catch (error) {
    return error as { code: number; message: string };
  }
  throw new Error('the call was not refused');
}

/** Resolves when `holds` says true; checked on every turn of the event loop, for at most 5 s. */
export async function until(holds: () => boolean): Promise<void> {
  const endMs = Date.now() + 5000;
  while (!holds()) {
    if (Date.now() > endMs) throw new Error('waited 5 s in vain');
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
