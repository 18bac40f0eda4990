import { FILE_GROUPS, type FileGroup, type Orphans } from '../../core/generation/cleanUp.ts';
import type { Generation } from '../../core/generation/state.ts';
import { bookOrphans, cleanedUp, cleanUpLater } from '../../core/generation/transitions/remove.ts';
import { ALL_SHARDS } from '../../core/shard.ts';
import { now } from '../../platform/clock.ts';
import { generations } from '../../platform/collections.ts';
import { logOf } from '../../platform/logs.ts';
import { deleteObject, listObjects } from '../../platform/storage.ts';
import { bookCostCorrection } from '../credits/index.ts';
import { transact } from './apply.ts';
import type { Stored } from './load.ts';
import { planOf } from './retention.ts';

const log = logOf('generation.cleanUp');

/** Generations in one run; the rest waits for the next. */
const MAX_PER_RUN = 200;
const AT_ONCE = 10;
/** More than all attempts of one generation can write. */
const MAX_FILES = 1_000;
const RETRY_MS = 3_600_000;

/** Deletes the files of every generation whose time for that has come. */
export async function cleanUpDue(): Promise<{ cleanedUp: number }> {
  const due = await generations()
    .where('shard', 'in', ALL_SHARDS)
    .where('cleanUpAt', '<=', now())
    .orderBy('cleanUpAt')
    .limit(MAX_PER_RUN)
    .get();
  let done = 0;
  for (let from = 0; from < due.size; from += AT_ONCE) {
    const batch = due.docs.slice(from, from + AT_ONCE);
    const results = await Promise.all(
      batch.map((doc) => cleanUpOrLater({ generation: doc.data(), version: doc.updateTime })),
    );
    done += results.filter(Boolean).length;
  }
  return { cleanedUp: done };
}

async function cleanUpOrLater(stored: Stored): Promise<boolean> {
  try {
    await cleanUp(stored);
    return true;
  } catch (error) {
    // One whose files cannot be deleted now must not hold up the others.
    log.error('could not clean up', error, { generationId: stored.generation.id });
    await postpone(stored);
    return false;
  }
}

async function postpone(stored: Stored): Promise<void> {
  try {
    await transact(stored, cleanUpLater(RETRY_MS));
  } catch (error) {
    // It stays due, and the next run tries again.
    log.error('could not postpone the clean-up', error, { generationId: stored.generation.id });
  }
}

/** Deletes what is due of one generation. Videos that nobody expected are booked as waste first. Safe to repeat. */
export async function cleanUp(stored: Stored): Promise<Generation> {
  const plan = planOf(stored.generation);
  const due = FILE_GROUPS.filter((group) => (plan[group]?.getTime() ?? Infinity) <= now().getTime());
  const files = await Promise.all(due.map((group) => filesOf(stored.generation, group)));
  let current = stored;
  const orphans = orphansIn(files.flat());
  if (orphans.size > 0) current = await transact(current, bookOrphans(orphans), undefined, bookCostCorrection);
  for (const path of files.flat()) await deleteObject(path);
  const { generation } = await transact(current, cleanedUp(due, planOf));
  log.info('cleaned up', { generationId: generation.id, groups: due.join(), files: files.flat().length });
  return generation;
}

async function filesOf({ id, uid, state }: Generation, group: FileGroup): Promise<string[]> {
  const videos = `videos/${uid}/${id}/`;
  switch (group) {
    case 'attempts': {
      const staged = await listObjects(`attempts/${id}/`, MAX_FILES);
      // What was copied and then not handed over is nobody's.
      return state === 'succeeded' ? staged : [...staged, ...(await listObjects(videos, MAX_FILES))];
    }
    case 'inputs':
      return listObjects(`inputs/${id}/`, MAX_FILES);
    case 'outputs':
      return listObjects(videos, MAX_FILES);
  }
}

/** How many videos lie in the place of each attempt. */
function orphansIn(paths: readonly string[]): Orphans {
  const numbers = paths.flatMap((path) => /^attempts\/[^/]+\/(\d+)\/.*\.mp4$/.exec(path)?.[1] ?? []);
  return new Map([...Map.groupBy(numbers, Number)].map(([number, found]) => [number, found.length]));
}
