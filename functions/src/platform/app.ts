import { type App, getApps, initializeApp } from 'firebase-admin/app';

/** The Firebase app of this process, made on first use. */
export function app(): App {
  return getApps()[0] ?? initializeApp();
}

/** The Google Cloud project this runs in. Throws when the platform did not say. */
export function projectId(): string {
  const id = process.env.GCLOUD_PROJECT ?? process.env.GOOGLE_CLOUD_PROJECT;
  if (!id) throw new Error('GCLOUD_PROJECT is not set');
  return id;
}
