import { type Stack, startStack } from '../../local/stack/in-process.ts';
import { givePlenty } from '../../local/stack/plenty.ts';
import { loadHistory, loadRollups } from './load.ts';
import { COUNTED_MS, NOW_MS, SCENE_ENV } from './scene.ts';

/** No answer comes from the log, and to store all of it takes as long as everything else: its last two days are there. */
const LOG_MS = 48 * 3_600_000;

/** Starts a whole system that has so many generations, all of them counted. */
export async function startScene(generations: number): Promise<Stack> {
  const stack = await startStack({ startAtMs: NOW_MS, running: false, env: SCENE_ENV });
  try {
    const { firestore } = stack.cloud;
    await givePlenty(firestore);
    await loadRollups(firestore, await loadHistory(firestore, generations, NOW_MS - LOG_MS));
    // The aggregation finds nothing new, and writes the latest ranges itself.
    await stack.host.advanceTo(COUNTED_MS);
    return stack;
  } catch (error) {
    await stack.stop();
    throw error;
  }
}
