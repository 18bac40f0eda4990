import type { Call } from './caller.ts';
import type { Place } from './place.ts';

/** What a run of the scenario shares between its steps. */
export interface Scene {
  place: Place;
  /** The caller without credentials. */
  nobody: Call;
  admin: Call;
  analyst: Call;
  users: Record<Who, Call>;
  /** The generation of each. */
  ids: Record<Who, string>;
}

/** Each user has one generation, and each of those has its own fate. */
export type Who = 'ann' | 'ben' | 'cleo' | 'dan';
export const EVERYBODY: readonly Who[] = ['ann', 'ben', 'cleo', 'dan'];

/** One thing to do or to look at, and what it comes to wherever the system runs: no times, no ids. */
export interface Step {
  name: string;
  expected: unknown;
  run(scene: Scene): Promise<unknown>;
}

/** What a step came to, or why it came to nothing. */
export type Outcome = { step: string; seen: unknown } | { step: string; error: string };

/** Carries out the steps one after the other; a step that throws is noted, and the next ones are tried all the same. */
export async function runSteps(steps: readonly Step[], scene: Scene): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const { name, run } of steps) {
    try {
      outcomes.push({ step: name, seen: await run(scene) });
    } catch (error) {
      outcomes.push({ step: name, error: error instanceof Error ? error.message : String(error) });
    }
  }
  return outcomes;
}
