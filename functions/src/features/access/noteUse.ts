import type { ApiKey } from '../../core/access/key.ts';
import { now } from '../../platform/clock.ts';
import { commitUnlessChanged, type DocumentSnapshot } from '../../platform/firestore.ts';
import { logOf } from '../../platform/logs.ts';

const log = logOf('access');

/** Writes down that a key was used; of several instances that saw it at the same time, one does. */
export async function noteUse({ ref, updateTime }: DocumentSnapshot<ApiKey>): Promise<void> {
  try {
    await commitUnlessChanged((batch) =>
      batch.update(ref, { lastUsedAt: now() }, updateTime ? { lastUpdateTime: updateTime } : {}),
    );
  } catch (error) {
    // A use that is not written down is no reason to refuse it.
    log.warn('the use of a key was not noted', { error: error instanceof Error ? error.message : String(error) });
  }
}
