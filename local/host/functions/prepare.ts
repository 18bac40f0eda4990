import { describeFunctions } from './describe.ts';
import { readDotenvFiles, readLocalSecrets } from './dotenv.ts';
import type { Environment } from './environment.ts';
import type { HostedFunction } from './hosted-function.ts';
import { loadFunctions } from './load.ts';
import { missingSecrets, resolveParams } from './params.ts';

export interface PrepareOptions {
  functionsDir: string;
  projectId: string;
  /** Set last, so it wins over `.env` files. */
  env: Record<string, string>;
  environment: Environment;
  /** `host:port` of this host, which is where tasks are enqueued. */
  functionsHost: string;
  firestoreHost: string | undefined;
  warn: (message: string) => void;
}

/**
 * Sets the environment as the Firebase CLI and the cloud would, and loads the functions in it. Throws DotenvError and
 * ParamError for what the CLI would refuse to deploy.
 */
export async function prepareFunctions(options: PrepareOptions): Promise<HostedFunction[]> {
  const { functionsDir, projectId, env, environment, functionsHost, firestoreHost, warn } = options;
  const storageBucket = env.STORAGE_BUCKET ?? `${projectId}.firebasestorage.app`;
  environment.set(readDotenvFiles(functionsDir, projectId));
  environment.set(readLocalSecrets(functionsDir));
  environment.set({
    GCLOUD_PROJECT: projectId,
    GOOGLE_CLOUD_PROJECT: projectId,
    FIREBASE_CONFIG: JSON.stringify({ projectId, storageBucket }),
    CLOUD_TASKS_EMULATOR_HOST: functionsHost,
    ...(firestoreHost !== undefined && { FIRESTORE_EMULATOR_HOST: firestoreHost }),
    // Google's clients need not look for a machine in the cloud.
    METADATA_SERVER_DETECTION: 'none',
    // With it firebase-functions would accept any token.
    FUNCTIONS_EMULATOR: undefined,
    ...env,
  });
  const loaded = await loadFunctions(functionsDir);
  const params = loaded.stack.params ?? [];
  const internal = { PROJECT_ID: projectId, GCLOUD_PROJECT: projectId, STORAGE_BUCKET: storageBucket };
  environment.set(resolveParams(params, process.env, internal));
  const secrets = missingSecrets(params, process.env);
  if (secrets.length > 0) warn(`secrets without a value (set them in .secret.local): ${secrets.join(', ')}`);
  const { functions, unserved } = describeFunctions(loaded);
  if (unserved.length > 0) warn(`functions of a kind that is not served here: ${unserved.join(', ')}`);
  return functions;
}
