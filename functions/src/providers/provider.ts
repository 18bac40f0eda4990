import type { GenerationError } from '../core/generation/outcome.ts';
import type { Asked, RenderedVideo } from '../core/generation/state.ts';

/** What came of asking a provider for a video. */
export type SubmitResult =
  | { type: 'accepted'; operation: string }
  /** The provider said no: nothing runs there and nothing is charged. */
  | { type: 'refused'; error: GenerationError; retryAfterMs?: number }
  /** No clear answer: the job may run there. */
  | { type: 'uncertain'; error: GenerationError };

/** What came of asking how a job is doing. */
export type PollResult =
  | { type: 'running' }
  | { type: 'done'; videos: RenderedVideo[]; videosBlocked: number; blockReasons: string[] }
  | { type: 'failed'; error: GenerationError; blockReasons: string[] }
  /** The provider knows no such job. */
  | { type: 'lost' }
  /** No clear answer this time. */
  | { type: 'unreadable'; error: GenerationError };

/** A maker of videos. Neither `submit` nor `poll` throws for what the provider does or answers. */
export interface VideoProvider {
  /** Asks for a video, to be written below `storageUri`. `reference` labels the job at the provider. */
  submit(asked: Asked, storageUri: string, reference: string): Promise<SubmitResult>;
  poll(operation: string): Promise<PollResult>;
  /** Resolves when the provider's API answers at all with our credentials; rejects otherwise. Costs nothing. */
  ping(): Promise<void>;
}
