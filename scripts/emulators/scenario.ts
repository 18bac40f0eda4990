import { ALERT_STEPS } from './alert-steps.ts';
import { callerOf, signedUp, withRole } from './caller.ts';
import { DOOR_STEPS } from './door-steps.ts';
import { GENERATION_STEPS } from './generation-steps.ts';
import type { Place } from './place.ts';
import { RECORD_STEPS } from './record-steps.ts';
import { EVERYBODY, type Outcome, runSteps, type Scene, type Step, type Who } from './step.ts';

/** Everything that is done and looked at, in order. */
export const STEPS: readonly Step[] = [...DOOR_STEPS, ...GENERATION_STEPS, ...RECORD_STEPS, ...ALERT_STEPS];

/** Plays it all in a system that nobody has used yet. Throws when nobody can sign in there. */
export async function play(place: Place): Promise<Outcome[]> {
  const users = await Promise.all(EVERYBODY.map(async (who) => [who, await signedUp(place, who)] as const));
  const scene: Scene = {
    place,
    nobody: callerOf(place),
    admin: await withRole(place, 'admin'),
    analyst: await withRole(place, 'analyst'),
    users: Object.fromEntries(users) as Scene['users'],
    ids: Object.fromEntries(EVERYBODY.map((who) => [who, ''])) as Record<Who, string>,
  };
  return runSteps(STEPS, scene);
}
