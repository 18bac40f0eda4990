import { isDeepStrictEqual } from 'node:util';
import { getApps } from 'firebase-admin/app';
import { getFirestore } from 'firebase-admin/firestore';
import { plainDocument } from '../../functions/src/platform/firestore.ts';
import type { BucketDocument } from '../../functions/src/platform/rollups.ts';
import { startStack } from '../../local/stack/in-process.ts';
import { loadHistory } from './load.ts';
import { COUNTED_MS, NOW_MS, SCENE_ENV } from './scene.ts';

const LATEST = 'latest';

/**
 * Lets the aggregation itself count a history of which only the log is there, and answers in which rollup documents it differs,
 * by as much as a byte, from those that are loaded for so many generations; and how many there are.
 */
export async function differingRollups(generations: number): Promise<{ differing: string[]; documents: number }> {
  const stack = await startStack({ startAtMs: NOW_MS, running: false, env: SCENE_ENV });
  try {
    const { rollups } = await loadHistory(stack.cloud.firestore, generations, 0);
    await stack.host.advanceTo(COUNTED_MS);
    const written = await writtenRollups();
    const ids = new Set([...written.keys(), ...rollups.keys()]);
    const differing = [...ids].filter(
      (id) => !isDeepStrictEqual(contentOf(written.get(id)), contentOf(rollups.get(id))),
    );
    return { differing, documents: written.size };
  } finally {
    await stack.stop();
  }
}

/** The rollup documents as the functions wrote them. */
async function writtenRollups(): Promise<Map<string, BucketDocument>> {
  const app = getApps().find(({ name }) => name === '[DEFAULT]');
  if (!app) throw new Error('the functions have not used Firestore');
  const { docs } = await getFirestore(app).collection('system_performance_metrics').get();
  const documents = docs.map((doc) => plainDocument<BucketDocument & { id: string }>(doc.id, doc.data()));
  return new Map(documents.filter(({ id }) => id !== LATEST).map(({ id, ...document }) => [id, document]));
}

const contentOf = (document: BucketDocument | undefined) =>
  document && { ...document, cells: Buffer.from(document.cells).toString('base64') };
