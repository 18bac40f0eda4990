import type { ErrorCode } from './outcome.ts';
import type { Attempt, Generation } from './state.ts';

/** After these nobody can tell whether the provider renders on, and charges for it. */
const UNCLEAR: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'submit_uncertain',
  'operation_lost',
  'operation_unreadable',
  'deadline_exceeded',
  'ended_by_operator',
  'steps_exhausted',
]);

/** True when an attempt that ends with this error may render on at the provider. */
export const mayRenderOn = (code: ErrorCode): boolean => UNCLEAR.has(code);

/** The provider's list price of all videos asked for, in millionths of a US dollar. */
export function fullCostUsdMicros({ asked, costUsdMicrosPerVideo }: Generation): number {
  return asked.videos * costUsdMicrosPerVideo;
}

/** What an attempt that ends with this error may still cost. A provider charges for videos, not for errors. */
export function possibleCostOf(generation: Generation, code: ErrorCode): number {
  return mayRenderOn(code) ? fullCostUsdMicros(generation) : 0;
}

/** What a generation cost the house at the providers, all attempts together; millionths of a US dollar by list prices. */
export interface Cost {
  /** What was rendered for certain. */
  costUsdMicros: number;
  /** The part of it that no user received. */
  wasteUsdMicros: number;
  /** What may have been rendered besides, unseen; waste as well. */
  possibleWasteUsdMicros: number;
}

/** Adds the attempts up. While a generation is under way, what is rendered and not yet delivered is no waste. */
export function costOf(generation: Generation): Cost {
  const costUsdMicros = sum(generation.attempts, (attempt) => attempt.costUsdMicros ?? 0);
  const delivered = generation.outputs.length * generation.costUsdMicrosPerVideo;
  const underWay = generation.endedAt ? 0 : (generation.attempts.at(-1)?.costUsdMicros ?? 0);
  return {
    costUsdMicros,
    wasteUsdMicros: costUsdMicros - (delivered || underWay),
    possibleWasteUsdMicros: sum(generation.attempts, (attempt) => attempt.possibleCostUsdMicros ?? 0),
  };
}

const sum = (attempts: readonly Attempt[], value: (attempt: Attempt) => number) =>
  attempts.reduce((total, attempt) => total + value(attempt), 0);
