import { scoredEvent } from '../../events/generation.ts';
import { type Command, refused } from '../decision.ts';
import { type Generation, isTerminal } from '../state.ts';

/** A quality score of 0 to 1,000 from a scorer; only a succeeded generation has one, and it may change. */
export function score(scorer: string, thousandths: number): Command {
  return (generation, now) => {
    if (!isTerminal(generation.state)) return refused('not_ended');
    if (generation.state !== 'succeeded') return refused('wrong_state');
    const before = generation.quality;
    if (before?.thousandths === thousandths && before.scorer === scorer) return refused('unchanged');
    const quality = { thousandths, scorer, scoredAt: now };
    const next: Generation = { ...generation, seq: generation.seq + 1, quality };
    const change = { scorer, from: before?.thousandths ?? null, to: thousandths };
    return { ok: true, next, event: scoredEvent(next, now, change) };
  };
}
