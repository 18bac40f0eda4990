import { fileURLToPath } from 'node:url';
import { localChannels } from '../vendors/notifications/accounts.ts';

const fromRoot = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** A `demo-` project: no tool can reach a real one by accident. */
export const PROJECT_ID = 'demo-dailies';
export const BUCKET = `${PROJECT_ID}.firebasestorage.app`;
/** The warehouse's, where there is one. */
export const DATASET = 'dailies';
export const FUNCTIONS_DIR = fromRoot('functions');
export const FIREBASE_JSON = fromRoot('firebase.json');
export const INDEXES_FILE = fromRoot('firestore.indexes.json');

/** Where the stand-ins are that the functions talk to. */
export interface Neighbourhood {
  authHost: string;
  firestoreHost: string;
  storageUrl: string;
  serviceAccountFile: string;
  vendorsUrl: string;
  /** Undefined: there is no warehouse. */
  bigQueryUrl?: string | undefined;
}

/** The environment in which unmodified Google clients find the stand-ins. */
export function functionsEnv(at: Neighbourhood): Record<string, string> {
  return {
    FIREBASE_AUTH_EMULATOR_HOST: at.authHost,
    STORAGE_EMULATOR_HOST: at.storageUrl,
    GOOGLE_APPLICATION_CREDENTIALS: at.serviceAccountFile,
    VERTEX_BASE_URL: at.vendorsUrl,
    MONITORING_BASE_URL: at.vendorsUrl,
    STORAGE_BUCKET: BUCKET,
    ALERT_CHANNELS: JSON.stringify(localChannels(at.vendorsUrl)),
    WEBHOOK_ALLOW_PRIVATE: 'true',
    WAREHOUSE_DATASET: at.bigQueryUrl === undefined ? '' : DATASET,
    BIGQUERY_BASE_URL: at.bigQueryUrl ?? '',
  };
}
