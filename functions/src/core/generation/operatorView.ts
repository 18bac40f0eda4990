import { type Cost, costOf } from './cost.ts';
import { chargedCredits, heldCredits } from './settlement.ts';
import type { Asked, Generation } from './state.ts';

/**
 * What an operator sees of a generation: all that is stored, but for the words of its user. Those are nobody else's, and
 * what is wrong with a generation is seen from the rest; how long they are is told.
 */
export interface OperatorView extends Omit<Generation, 'asked'>, Cost {
  asked: Omit<Asked, 'prompt' | 'negativePrompt'> & { promptChars: number; negativePromptChars: number };
  heldCredits: number;
  chargedCredits: number;
}

/** The operator's view of a generation. */
export function operatorView(generation: Generation): OperatorView {
  const { prompt, negativePrompt, ...asked } = generation.asked;
  return {
    ...generation,
    asked: { ...asked, promptChars: prompt?.length ?? 0, negativePromptChars: negativePrompt?.length ?? 0 },
    ...costOf(generation),
    heldCredits: heldCredits(generation),
    chargedCredits: chargedCredits(generation),
  };
}
