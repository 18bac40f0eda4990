import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readDotenvFiles, readLocalSecrets } from '../host/functions/dotenv.ts';
import { loadFunctions } from '../host/functions/load.ts';
import { missingSecrets, resolveParams } from '../host/functions/params.ts';
import { FIREBASE_JSON, FUNCTIONS_DIR, PROJECT_ID } from '../stack/project.ts';

const ROOT_DIR = dirname(FIREBASE_JSON);
const LINKED = ['firestore.rules', 'firestore.indexes.json', 'storage.rules', 'dashboards', 'node_modules'];

export interface FolderOptions {
  /** The section `emulators` of its firebase.json. */
  emulators: object;
  /** For the functions: wins over what the real folder's `.env` files say. */
  env: Record<string, string>;
  /** Likewise: nobody real is told of anything. */
  secrets: Record<string, string>;
  /** True: the functions are those of the real folder, whatever becomes of them; false: a copy as they are now. */
  live: boolean;
}

/**
 * Makes `dir` a project folder for the official suite: the real one, but with these ports and this environment. It takes
 * both from files only, and the real ones are the developer's. Throws ParamError for a param without a value.
 */
export async function writeProjectFolder(dir: string, options: FolderOptions): Promise<void> {
  const { emulators, env, live } = options;
  const config = JSON.parse(await readFile(FIREBASE_JSON, 'utf8'));
  await writeFile(join(dir, 'firebase.json'), JSON.stringify({ ...config, emulators }, null, 2));
  for (const name of LINKED) await symlink(join(ROOT_DIR, name), join(dir, name));
  const functions = join(dir, 'functions');
  await mkdir(functions);
  await symlink(join(FUNCTIONS_DIR, 'package.json'), join(functions, 'package.json'));
  // There is one only when the functions need another version of something than the rest.
  const modules = join(FUNCTIONS_DIR, 'node_modules');
  if (existsSync(modules)) await symlink(modules, join(functions, 'node_modules'));
  const lib = join(FUNCTIONS_DIR, 'lib');
  if (live) await symlink(lib, join(functions, 'lib'));
  else await cp(lib, join(functions, 'lib'), { recursive: true });

  const given = { ...readDotenvFiles(FUNCTIONS_DIR, PROJECT_ID), ...env };
  const secrets = { ...readLocalSecrets(FUNCTIONS_DIR), ...options.secrets };
  const { stack } = await loadFunctions(FUNCTIONS_DIR);
  const internal = { PROJECT_ID, GCLOUD_PROJECT: PROJECT_ID };
  const defaults = resolveParams(stack.params ?? [], given, internal);
  await writeFile(join(functions, '.env'), dotenv({ ...defaults, ...given }));
  // One without a value would be looked up in Google's Secret Manager.
  const unset = missingSecrets(stack.params ?? [], secrets).map((name) => [name, '{}']);
  await writeFile(join(functions, '.secret.local'), dotenv({ ...Object.fromEntries(unset), ...secrets }));
}

function dotenv(values: Record<string, string>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}="${value.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')}"\n`)
    .join('');
}
