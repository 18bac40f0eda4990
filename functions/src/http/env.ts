import type { Actor } from '../core/actor.ts';

/** What middleware leaves for the routes. */
export interface Env {
  Variables: {
    /** Who asks; on every route that is not for anybody. */
    actor: Actor;
    /** The network address that the request came from. */
    address: string;
  };
}
