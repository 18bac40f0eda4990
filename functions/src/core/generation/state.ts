import type { AspectRatio, Kind, Resolution } from '../catalogue/schema.ts';
import type { StyleId } from '../catalogue/styles.ts';
import type { FileGroup } from './cleanUp.ts';
import type { GenerationError, Outcome } from './outcome.ts';
import { TERMINAL_STATES } from './outcome.ts';

export const STATES = ['queued', 'submitting', 'running', 'storing', ...TERMINAL_STATES] as const;
export type State = (typeof STATES)[number];

/** A picture in Cloud Storage that goes with the request. */
export interface StoredImage {
  gcsUri: string;
  mimeType: string;
}

/** What was asked for, after validation, pictures replaced by where they are kept. */
export interface Asked {
  model: string;
  provider: string;
  kind: Kind;
  prompt: string;
  negativePrompt?: string;
  durationSec: number;
  aspectRatio: AspectRatio;
  resolution: Resolution;
  audio: boolean;
  videos: number;
  seed?: number;
  style?: StyleId;
  image?: StoredImage;
  referenceImages?: StoredImage[];
}

/** One try at the provider. */
export interface Attempt {
  number: number;
  /** Where this attempt, and no other, lets the provider write. */
  storageUri: string;
  startedAt: Date;
  /** When the provider confirmed the job. */
  acceptedAt?: Date;
  operation?: string;
  /** Set once the provider may or may not have taken the job: why. */
  uncertain?: GenerationError;
  /** Number of the planned poll that came next when this was written. */
  nextPoll: number;
  /** How often the provider had been asked by then, or in all once the attempt has ended. */
  polls: number;
  /** When it was last asked and still busy, as far as was known then. */
  lastPolledAt?: Date;
  endedAt?: Date;
  error?: GenerationError;
  /** What the provider charges for what it is known to have rendered, by its list. */
  costUsdMicros?: number;
  /** What it may charge besides, since nobody could tell whether it rendered. */
  possibleCostUsdMicros?: number;
  /** Videos that turned up after the attempt had been given up, and were deleted. */
  orphans?: number;
}

export interface RenderedVideo {
  gcsUri: string;
  mimeType: string;
}

/** A stored video that belongs to the user. */
export interface Output {
  /** Object name in the bucket. */
  path: string;
  mimeType: string;
  sizeBytes: number;
  /** Object name of a still of it, a JPEG; absent when none could be made. */
  posterPath?: string;
}

/** The state of one generation, as the document in `generations` holds it. */
export interface Generation {
  id: string;
  uid: string;
  shard: number;
  asked: Asked;
  /** Of the request body, to tell a repeated request from another one under the same idempotency key. */
  requestHash: string;
  state: State;
  /** Rises by one with every change of state, every rating and every score. */
  seq: number;
  /** Raised by the sweeper; tasks of an older epoch do nothing. */
  epoch: number;
  /** When the next step is due; absent once ended. */
  nextActionAt?: Date;
  /** In the queue: not dispatched earlier. Absent: at once. */
  notBefore?: Date;
  /** At most `MAX_ALL_ATTEMPTS`; the last one is the current one. */
  attempts: Attempt[];
  requestedAt: Date;
  /** When the provider took the attempt that is or was rendered. */
  submittedAt?: Date;
  renderedAt?: Date;
  endedAt?: Date;
  /** What the provider made, until it is stored. */
  rendered?: RenderedVideo[];
  /** How many of the videos asked for the provider withheld. */
  videosBlocked: number;
  blockReasons?: string[];
  outputs: Output[];
  /** What the user pays for each video delivered. */
  creditsPerVideo: number;
  /** What the provider charges for each video rendered, by its list on the day of the request. */
  costUsdMicrosPerVideo: number;
  /** The HTTP request and the provider's operations, to find the generation by. */
  lookupKeys: string[];
  /** Render time to expect, for progress and the first poll. */
  expectedRenderMs: number;
  error?: GenerationError;
  cancelRequestedAt?: Date;
  rating?: { stars: number; ratedAt: Date };
  /** How good the videos are, by the latest scorer: 0 to 1,000. */
  quality?: { thousandths: number; scorer: string; scoredAt: Date };
  /** False once deleted: its owner's list leaves it out. */
  listed: boolean;
  /** When its owner had the videos and the words of the request deleted. */
  deletedAt?: Date;
  /** When files that nobody needs are to be looked for and deleted; absent where there can be none. */
  cleanUpAt?: Date;
  /** The groups of files that are deleted. */
  cleaned?: FileGroup[];
  /** When the videos themselves were deleted. */
  filesDeletedAt?: Date;
  /** The generation whose request this one repeats. */
  replayOf?: string;
}

/** True once nothing but a rating or a score can change. */
export function isTerminal(state: State): state is Outcome {
  return (TERMINAL_STATES as readonly string[]).includes(state);
}

/** The attempt under way, or the last one. Undefined before the first. */
export function currentAttempt(generation: Generation): Attempt | undefined {
  return generation.attempts.at(-1);
}
