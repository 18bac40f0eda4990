import { type App, getApps, initializeApp } from 'firebase-admin/app';

/** firebase-functions may have made an app of its own, under another name, before. */
const DEFAULT_APP = '[DEFAULT]';

/** The Firebase app of this process, made on first use. */
export function app(): App {
  return getApps().find(({ name }) => name === DEFAULT_APP) ?? initializeApp();
}

/**
 * Something made once for the process's Firebase app and kept as long as that lives. (In the cloud that is the life of the
 * instance; a test may end one app and begin another.) A promise that rejects is not kept: the next call tries again.
 */
export function perApp<T>(make: () => T): () => T {
  const made = new WeakMap<App, { value: T }>();
  return () => {
    const key = app();
    let kept = made.get(key);
    if (!kept) {
      kept = { value: make() };
      made.set(key, kept);
      if (kept.value instanceof Promise) kept.value.catch(() => made.delete(key));
    }
    return kept.value;
  };
}

/** The Google Cloud project this runs in. Throws when the platform did not say. */
export function projectId(): string {
  const id = process.env.GCLOUD_PROJECT ?? process.env.GOOGLE_CLOUD_PROJECT;
  if (!id) throw new Error('GCLOUD_PROJECT is not set');
  return id;
}
