import { type Cost, costOf } from './cost.ts';
import type { GenerationError } from './outcome.ts';
import { chargedCredits, heldCredits } from './settlement.ts';
import type { Asked, Attempt, Generation } from './state.ts';
import { withoutWords } from './withoutWords.ts';

/**
 * What an operator sees of a generation: all that is stored, but for the words of its user. Those are nobody else's, and
 * what is wrong with a generation is seen from the rest; how long they are is told. They are also taken out of what providers
 * said.
 */
export interface OperatorView extends Omit<Generation, 'asked'>, Cost {
  asked: Omit<Asked, 'prompt' | 'negativePrompt'> & { promptChars: number; negativePromptChars: number };
  heldCredits: number;
  chargedCredits: number;
}

/** The operator's view of a generation. */
export function operatorView(generation: Generation): OperatorView {
  const { prompt, negativePrompt, ...asked } = generation.asked;
  const words = [prompt ?? '', negativePrompt ?? ''];
  return {
    ...generation,
    attempts: generation.attempts.map((attempt) => attemptWithout(words, attempt)),
    ...(generation.error && { error: errorWithout(words, generation.error) }),
    asked: { ...asked, promptChars: prompt?.length ?? 0, negativePromptChars: negativePrompt?.length ?? 0 },
    ...costOf(generation),
    heldCredits: heldCredits(generation),
    chargedCredits: chargedCredits(generation),
  };
}

function attemptWithout(words: readonly string[], attempt: Attempt): Attempt {
  const { error, uncertain } = attempt;
  return {
    ...attempt,
    ...(error && { error: errorWithout(words, error) }),
    ...(uncertain && { uncertain: errorWithout(words, uncertain) }),
  };
}

function errorWithout(words: readonly string[], { code, detail }: GenerationError): GenerationError {
  return { code, ...(detail !== undefined && { detail: withoutWords(detail, words) }) };
}
