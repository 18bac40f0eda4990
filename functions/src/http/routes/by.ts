import type { Context } from 'hono';
import { auditActor } from '../../core/access/audit.ts';
import type { By } from '../../features/administration/index.ts';
import type { Env } from '../env.ts';

/** Who administers by this request. */
export function byOf(c: Context<Env>): By {
  return { actor: auditActor(c.var.actor), from: c.var.address };
}
