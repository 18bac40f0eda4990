import { measure, type Reads } from './measure.ts';
import { startScene } from './startScene.ts';

export { printedReads, rowsOf } from './print.ts';
export { differingRollups } from './same.ts';
export { startScene } from './startScene.ts';

/** What every question reads of a system with so many generations. */
export async function measuredReads(generations: number): Promise<Reads[]> {
  const stack = await startScene(generations);
  try {
    return await measure(stack);
  } finally {
    await stack.stop();
  }
}
