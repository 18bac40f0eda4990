import { deleteApp } from 'firebase-admin/app';
import type { Account } from '../../functions/src/core/account/account.ts';
import { DEFAULT_RULES } from '../../functions/src/core/alert/defaultRules.ts';
import type { LedgerEntry } from '../../functions/src/core/credit/ledger.ts';
import type { GenerationMetrics } from '../../functions/src/core/generation/measure.ts';
import type { Generation } from '../../functions/src/core/generation/state.ts';
import { app } from '../../functions/src/platform/app.ts';
import {
  creditLedger,
  generationMetrics,
  generations,
  projectionState,
  settingsDocument,
  users,
} from '../../functions/src/platform/collections.ts';
import { firestore } from '../../functions/src/platform/firestore.ts';
import { endFirebaseApps } from '../../local/stack/firebase-apps.ts';
import { PLENTY } from '../../local/stack/plenty.ts';
import { PROJECT_ID } from '../../local/stack/project.ts';

/** An event of the log, as far as it is looked at. */
export interface LoggedEvent {
  id: string;
  type: string;
  generationId: string;
}

/** The system's database, seen from outside its functions. */
export interface Database {
  generations(): Promise<Generation[]>;
  metrics(): Promise<(GenerationMetrics & { id: string; shard: number })[]>;
  events(): Promise<LoggedEvent[]>;
  accounts(): Promise<Account[]>;
  ledger(): Promise<LedgerEntry[]>;
  /** Lets no user meet a limit or run out of credits. */
  givePlenty(): Promise<void>;
  /** As if somebody had deleted all the rules that alerts begin with, of which nothing is asked here. */
  deleteRules(): Promise<void>;
  close(): Promise<void>;
}

/** Connects this process to the Firestore at `firestoreHost`; one at a time, until closed. */
export async function openDatabase(firestoreHost: string): Promise<Database> {
  const ours = {
    FIRESTORE_EMULATOR_HOST: firestoreHost,
    GCLOUD_PROJECT: PROJECT_ID,
    METADATA_SERVER_DETECTION: 'none',
  };
  const before = Object.keys(ours).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, ours);
  // Something that ran in this process before may have made an app that knows another database, or none.
  await endFirebaseApps();
  return {
    generations: async () => (await generations().get()).docs.map((doc) => doc.data()),
    metrics: async () => (await generationMetrics().get()).docs.map((doc) => doc.data()),
    async events() {
      const { docs } = await firestore().collection('analytics_events').select('type').get();
      return docs.map((doc) => {
        const [generationId = ''] = doc.id.split('.');
        return { id: doc.id, generationId, type: doc.get('type') };
      });
    },
    accounts: async () => (await users().get()).docs.map((doc) => doc.data()),
    ledger: async () => (await creditLedger().get()).docs.map((doc) => doc.data()),
    async deleteRules() {
      await projectionState('alerts').set({ revision: 0, seeded: DEFAULT_RULES.map(({ slug }) => slug) });
    },
    async givePlenty() {
      await settingsDocument().set(PLENTY);
    },
    async close() {
      await deleteApp(app());
      for (const [name, value] of before) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
    },
  };
}
