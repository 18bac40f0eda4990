import type { RecordedRequest } from '../mapping/map-row.ts';

/** A valid PNG of one grey pixel. */
const PICTURE = {
  mimeType: 'image/png',
  base64: 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==',
} as const;

const MAX_PROMPT_CHARS = 4_000;
const FILLER = ' a street at dusk, rain on the windows, slow pan, soft light,';
const RPC_INVALID_ARGUMENT = 3;

/** A prompt that no other line has, as long as the recorded one as far as that is possible. */
export function promptOf({ line, promptChars = 0 }: Pick<RecordedRequest, 'line' | 'promptChars'>): string {
  return padded(`#${line}`, promptChars);
}

/** The body of `POST /generations` that asks for what was recorded. */
export function bodyOf(request: RecordedRequest): object {
  const { model, kind, videos, negativePromptChars = 0, constants } = request;
  return {
    ...{ model, prompt: promptOf(request), videos, ...constants },
    ...(negativePromptChars > 0 && { negativePrompt: padded('no', negativePromptChars) }),
    ...(kind === 'image_to_video' && { image: PICTURE }),
    ...(kind === 'reference_to_video' && { referenceImages: [PICTURE] }),
  };
}

/** What the Veo stand-in is told, so that it takes as long as recorded and ends as recorded. */
export function veoRuleOf(request: RecordedRequest): object {
  const match = { prompt: promptOf(request) };
  switch (request.outcome) {
    case 'succeeded':
      return { match, renderMs: request.tookMs };
    case 'failed': {
      // An error of this code is the end: another attempt would not be what the file tells.
      const error = { code: RPC_INVALID_ARGUMENT, message: 'The recorded request failed.' };
      return { match, renderMs: request.tookMs, outcome: 'error', error };
    }
    case 'never':
      return { match, outcome: 'never' };
  }
}

/** The state in which a generation must end for a recorded outcome: one that never ends is given up at its deadline. */
export const STATE_OF_OUTCOME = { succeeded: 'succeeded', failed: 'failed', never: 'expired' } as const;

function padded(start: string, chars: number): string {
  const wanted = Math.min(chars, MAX_PROMPT_CHARS);
  return start.length >= wanted
    ? start
    : `${start}${FILLER.repeat(Math.ceil(wanted / FILLER.length))}`.slice(0, wanted);
}
