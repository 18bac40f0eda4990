import { CREDIT_USD_MICROS } from '../credit/ledger.ts';
import { errorRule } from './outcome.ts';
import { chargedCredits, heldCredits } from './settlement.ts';
import { currentAttempt, type Generation, isTerminal } from './state.ts';

/** How far a generation is, as far as that can be known from outside the provider. */
export interface Progress {
  /** 0 to 1; the provider tells nothing, so while it renders this is elapsed ÷ expected time, at most 0.95. */
  fraction: number;
  /** When the render is expected to end, never in the past; absent once ended. */
  expectedEndAt?: Date;
}

const MAX_RENDER_FRACTION = 0.95;

/** Progress and expected end at `now`, from the model's recently observed render time. */
export function progressOf(generation: Generation, now: Date): Progress {
  if (isTerminal(generation.state)) return { fraction: 1 };
  const attempt = currentAttempt(generation);
  const expected = (fromMs: number) => new Date(Math.max(now.getTime(), fromMs + generation.expectedRenderMs));
  switch (generation.state) {
    case 'storing':
      return { fraction: MAX_RENDER_FRACTION, expectedEndAt: now };
    case 'submitting':
    case 'running': {
      const startedMs = (attempt?.acceptedAt ?? attempt?.startedAt ?? now).getTime();
      const fraction = (now.getTime() - startedMs) / generation.expectedRenderMs;
      return { fraction: Math.min(MAX_RENDER_FRACTION, Math.max(0, fraction)), expectedEndAt: expected(startedMs) };
    }
    default:
      return { fraction: 0, expectedEndAt: expected(Math.max(now.getTime(), generation.nextActionAt?.getTime() ?? 0)) };
  }
}

/** What an end user sees of one generation; the keys are the API's own. */
export interface GenerationView {
  id: string;
  state: Generation['state'];
  model: string;
  kind: string;
  /** Absent once deleted. */
  prompt?: string;
  negativePrompt?: string;
  style?: string;
  durationSec: number;
  aspectRatio: string;
  resolution: string;
  audio: boolean;
  videos: number;
  seed?: number;
  /** Held for it: the price of all videos asked for. */
  priceCredits: number;
  priceUsd: number;
  /** Paid for the videos delivered; once ended. */
  chargedCredits?: number;
  requestedAt: string;
  submittedAt?: string;
  endedAt?: string;
  progress: number;
  expectedEndAt?: string;
  attempts: number;
  cancelRequestedAt?: string;
  videosBlocked: number;
  blockReasons?: string[];
  error?: { code: string; message: string; fault: string };
  rating?: number;
  deletedAt?: string;
  /** From then on the outputs have no links. */
  filesDeletedAt?: string;
  outputs: { index: number; mimeType: string; sizeBytes: number }[];
}

/** The user's view at `now`. Nothing internal is in it: no operation names, no storage paths, no error details. */
export function viewOf(generation: Generation, now: Date): GenerationView {
  const { asked, error, rating } = generation;
  const progress = progressOf(generation, now);
  const view: GenerationView = {
    id: generation.id,
    state: generation.state,
    model: asked.model,
    kind: asked.kind,
    durationSec: asked.durationSec,
    aspectRatio: asked.aspectRatio,
    resolution: asked.resolution,
    audio: asked.audio,
    videos: asked.videos,
    priceCredits: heldCredits(generation),
    priceUsd: (heldCredits(generation) * CREDIT_USD_MICROS) / 1e6,
    requestedAt: generation.requestedAt.toISOString(),
    progress: Math.round(progress.fraction * 100) / 100,
    attempts: generation.attempts.length,
    videosBlocked: generation.videosBlocked,
    outputs: generation.outputs.map(({ mimeType, sizeBytes }, index) => ({ index, mimeType, sizeBytes })),
  };
  if (generation.deletedAt) view.deletedAt = generation.deletedAt.toISOString();
  else view.prompt = asked.prompt;
  if (generation.filesDeletedAt) view.filesDeletedAt = generation.filesDeletedAt.toISOString();
  if (isTerminal(generation.state)) view.chargedCredits = chargedCredits(generation);
  if (asked.negativePrompt !== undefined) view.negativePrompt = asked.negativePrompt;
  if (asked.style) view.style = asked.style;
  if (asked.seed !== undefined) view.seed = asked.seed;
  if (generation.submittedAt) view.submittedAt = generation.submittedAt.toISOString();
  if (generation.endedAt) view.endedAt = generation.endedAt.toISOString();
  if (progress.expectedEndAt) view.expectedEndAt = progress.expectedEndAt.toISOString();
  if (generation.cancelRequestedAt) view.cancelRequestedAt = generation.cancelRequestedAt.toISOString();
  if (generation.blockReasons) view.blockReasons = generation.blockReasons;
  if (rating) view.rating = rating.stars;
  if (error) {
    const { message, fault } = errorRule(error.code);
    view.error = { code: error.code, message, fault };
  }
  return view;
}
