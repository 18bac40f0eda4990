import { z } from 'zod';
import { deliver } from './delivery/deliver.ts';
import { escalate } from './elapse.ts';

const id = z.string().min(1).max(300);
const deliverySchema = z.strictObject({ notificationId: id });
const escalationSchema = z.strictObject({ episodeId: id });

/** Does what a task asks for. Throws for a payload that is not ours, and for trouble that a retry may cure. */
export async function runTask(task: 'deliver' | 'escalate', payload: unknown): Promise<void> {
  if (task === 'deliver') return deliver(deliverySchema.parse(payload).notificationId);
  return escalate(escalationSchema.parse(payload).episodeId);
}
