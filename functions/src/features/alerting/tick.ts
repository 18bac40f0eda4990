import { sweepOutbox } from './delivery/sweep.ts';
import { type Evaluated, evaluate } from './evaluate.ts';
import { heartbeat } from './heartbeat.ts';

/** What is done each minute: the rules, whatever of the outbox no task came for, and a sign of life. */
export async function tick(): Promise<Evaluated> {
  const [evaluated, swept] = await Promise.allSettled([evaluate(), sweepOutbox()]);
  // Each goes on without the other; what failed shows in the end, and no sign of life is given.
  if (evaluated.status === 'rejected') throw evaluated.reason;
  if (swept.status === 'rejected') throw swept.reason;
  await heartbeat(evaluated.value.rules);
  return evaluated.value;
}
