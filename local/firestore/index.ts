import type { MovableClock } from '../clock.ts';
import { controlHandler } from './control/index.ts';
import { type BulkDocument, bulkLoad } from './engine/bulk-load.ts';
import { Engine } from './engine/engine.ts';
import { Snapshots } from './engine/snapshots.ts';
import { Transactions } from './engine/transactions.ts';
import type { UsageReport } from './engine/usage.ts';
import { firestoreMethods, sizedService } from './grpc/service.ts';
import { listenHandler } from './listen/grpc.ts';
import { Listeners } from './listen/listeners.ts';
import { openPort } from './port.ts';
import { type TriggerChaos, Triggers } from './triggers/index.ts';
import { startTtl } from './ttl.ts';

export type { BulkDocument } from './engine/bulk-load.ts';
export type { BilledOperations, UsageReport } from './engine/usage.ts';

export interface FirestoreOptions {
  projectId: string;
  clock: MovableClock;
  /** Default 0: a free one. */
  port?: number;
  /** Where documents and undelivered events are kept; absent: in memory. */
  dataDir?: string;
  /** A firestore.indexes.json; absent: automatic single-field indexes only. */
  indexesFile?: string;
  /** `host:port` of the functions that triggers call. */
  functionsHost?: string;
}

export interface RunningFirestore {
  /** For FIRESTORE_EMULATOR_HOST. */
  host: string;
  port: number;
  /** Billed operations since the last reset. */
  usage(): UsageReport;
  resetUsage(): void;
  /** Wipes documents, undelivered events, locks and usage of every database. */
  reset(): void;
  /** Stores documents of the default database: not billed, no triggers; listeners are not told. Resolves to their number. */
  bulkLoad(documents: Iterable<BulkDocument> | AsyncIterable<BulkDocument>): Promise<number>;
  /** Resolves to true once no event is due or in flight, to false after 30 s of real time. */
  triggersIdle(): Promise<boolean>;
  setFunctionsHost(hostPort: string): void;
  setTriggerChaos(chaos: TriggerChaos): void;
  stop(): Promise<void>;
}

/** Starts a Firestore on 127.0.0.1 that the real client libraries talk to. Rejects when the port is taken. */
export async function startFirestore(options: FirestoreOptions): Promise<RunningFirestore> {
  const { projectId, clock, port = 0, functionsHost } = options;
  const engine = new Engine(options);
  const transactions = new Transactions(engine);
  const snapshots = new Snapshots(engine);
  const listeners = new Listeners(engine);
  const triggers = new Triggers({ db: engine.db, clock, projectId, functionsHost });
  engine.observe(triggers.observer);
  engine.observe(listeners.observer);
  const ttl = startTtl({
    engine,
    commit: (database, writes) => transactions.commit(database, writes, undefined, 'ttl'),
  });

  const reset = (): void => {
    transactions.reset();
    engine.wipe();
    engine.usage.reset();
  };
  const control = {
    clock,
    triggers,
    usage: () => engine.usage.report(),
    resetUsage: () => engine.usage.reset(),
    reset,
    wipeDocuments: (database: string) => engine.wipeDatabase(database),
  };
  const opened = await openPort({
    port,
    service: sizedService,
    methods: { ...firestoreMethods({ engine, transactions, snapshots }), Listen: listenHandler(listeners) },
    http: controlHandler(control),
    connectionClosed: (peer) => transactions.connectionClosed(peer),
  });

  return {
    host: `127.0.0.1:${opened.port}`,
    port: opened.port,
    usage: control.usage,
    resetUsage: control.resetUsage,
    reset,
    bulkLoad: (documents) => bulkLoad(engine, documents),
    triggersIdle: () => triggers.idle(),
    setFunctionsHost: (hostPort) => triggers.setFunctionsHost(hostPort),
    setTriggerChaos: (chaos) => triggers.setChaos(chaos),
    stop: async () => {
      ttl.stop();
      triggers.stop();
      transactions.reset();
      await opened.close();
      engine.close();
    },
  };
}
