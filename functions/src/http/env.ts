import type { Actor } from '../core/actor.ts';

/** What middleware leaves for the routes. */
export interface Env {
  Variables: { actor: Actor };
}
