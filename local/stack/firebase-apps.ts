import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { deleteApp, getApps } from 'firebase-admin/app';
import { FUNCTIONS_DIR } from './project.ts';

/**
 * Ends every Firebase app of this process, so that the next stack or test in it begins anew. firebase-functions 7.4.0 keeps
 * the app that it first saw; only its internal `setApp` makes it forget, and only while that app still exists.
 */
export async function endFirebaseApps(): Promise<void> {
  const entry = createRequire(join(FUNCTIONS_DIR, 'package.json')).resolve('firebase-functions');
  const folder = entry.slice(0, entry.lastIndexOf('firebase-functions') + 'firebase-functions'.length);
  for (const file of ['lib/esm/common/app.mjs', 'lib/common/app.js']) {
    const internal: { setApp(app: undefined): void } = await import(pathToFileURL(join(folder, file)).href);
    internal.setApp(undefined);
  }
  await Promise.all(getApps().map(deleteApp));
}
