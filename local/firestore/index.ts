import { controlHandler } from './control.ts';
import { type BulkDocument, bulkLoad } from './engine/bulk-load.ts';
import { Engine, type EngineOptions } from './engine/engine.ts';
import { Snapshots } from './engine/snapshots.ts';
import { type TransactionLimits, Transactions } from './engine/transactions.ts';
import type { UsageReport } from './engine/usage.ts';
import { firestoreMethods, limitedService } from './grpc/service.ts';
import { Listeners } from './listen/listeners.ts';
import { openPort } from './port.ts';
import { Triggers } from './triggers/triggers.ts';
import { startTtl } from './ttl.ts';

export type { BulkDocument } from './engine/bulk-load.ts';
export type { BilledOperations, UsageReport } from './engine/usage.ts';

export interface FirestoreOptions extends EngineOptions {
  /** Default 0: a free one. */
  port?: number;
  /** Default: Firestore's own, 60 s of rest and 270 s in all. */
  transactionLimits?: TransactionLimits;
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
  /** `host:port` of the functions, for triggers that were registered without a host of their own. */
  setFunctionsHost(hostPort: string): void;
  stop(): Promise<void>;
}

/** Starts a Firestore on 127.0.0.1 that the real client libraries talk to. Rejects when the port is taken. */
export async function startFirestore(options: FirestoreOptions): Promise<RunningFirestore> {
  const { projectId, clock } = options;
  const engine = new Engine(options);
  const transactions = new Transactions(engine, options.transactionLimits);
  const snapshots = new Snapshots(engine);
  const listeners = new Listeners(engine);
  const triggers = new Triggers({ db: engine.store.db, clock, projectId });
  engine.observe(triggers.observer);
  engine.observe(listeners.observer);
  const stopTtl = startTtl(engine, transactions);

  const usage = () => engine.usage.report();
  const resetUsage = () => engine.usage.reset();
  const reset = (): void => {
    transactions.reset();
    engine.wipe();
    resetUsage();
  };
  const wipeDocuments = (database: string) => engine.wipeDatabase(database);
  const { port, close } = await openPort({
    port: options.port ?? 0,
    service: limitedService,
    methods: { ...firestoreMethods({ engine, transactions, snapshots }), Listen: listeners.listen },
    http: controlHandler({ clock, triggers, usage, resetUsage, reset, wipeDocuments }),
    connectionClosed: (peer) => transactions.connectionClosed(peer),
  });
  return {
    host: `127.0.0.1:${port}`,
    port,
    usage,
    resetUsage,
    reset,
    bulkLoad: (documents) => bulkLoad(engine, documents),
    triggersIdle: () => triggers.idle(),
    setFunctionsHost: (hostPort) => triggers.setFunctionsHost(hostPort),
    stop: async () => {
      stopTtl();
      triggers.stop();
      transactions.reset();
      await close();
      engine.close();
    },
  };
}
