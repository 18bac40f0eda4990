import type { MovableClock } from '../../clock.ts';
import type { Job, JobResult, Jobs } from './jobs.ts';
import { sampleVideo, VIDEO_MIME_TYPE } from './media.ts';
import { Turns } from './turns.ts';

/** Support codes of Vertex: "dangerous content" and "video safety violation". */
const FILTERED_REASON =
  'Veo could not generate videos because the input violates the usage guidelines. Support codes: 62263041, 64151117';
/** When the clock jumps thousands of renders may end at once, and each connection takes a file descriptor. */
const MAX_UPLOADS_AT_ONCE = 32;
const RPC_INTERNAL = 13;
const RPC_FAILED_PRECONDITION = 9;

/** Ends every job when its time comes on the clock, storing its videos, whether or not anybody polls. */
export class Renderer {
  readonly #jobs: Jobs;
  readonly #clock: MovableClock;
  readonly #storageUrl: string | undefined;
  readonly #ending = new Map<string, Promise<void>>();
  readonly #uploads = new Turns(MAX_UPLOADS_AT_ONCE);
  readonly #timers = new Map<string, () => void>();

  constructor(jobs: Jobs, clock: MovableClock, storageUrl: string | undefined) {
    this.#jobs = jobs;
    this.#clock = clock;
    this.#storageUrl = storageUrl;
    for (const job of jobs.open()) this.schedule(job);
  }

  /** Takes a job whose end is to come. */
  schedule({ operation, endsAtMs }: Job): void {
    if (endsAtMs === undefined) return;
    this.#timers.set(
      operation,
      this.#clock.setTimer(endsAtMs, () => void this.#end(operation)),
    );
  }

  /** The job as it is now; waits for the storing of its videos when its time has come. */
  async current(operation: string): Promise<Job | undefined> {
    const job = this.#jobs.find(operation);
    const due = job?.endsAtMs !== undefined && job.endsAtMs <= this.#clock.now();
    if (!due || job.result) return job;
    await this.#end(operation);
    return this.#jobs.find(operation);
  }

  /** Resolves when no job is in the middle of ending. */
  async settled(): Promise<void> {
    while (this.#ending.size > 0) await Promise.all(this.#ending.values());
  }

  /** Drops the timers; waits for what is in the middle of ending. */
  async stop(): Promise<void> {
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
    await this.settled();
  }

  #end(operation: string): Promise<void> {
    const ending = this.#ending.get(operation) ?? this.#storeResult(operation);
    this.#ending.set(operation, ending);
    return ending;
  }

  async #storeResult(operation: string): Promise<void> {
    this.#timers.get(operation)?.();
    this.#timers.delete(operation);
    const before = this.#jobs.find(operation);
    if (before && !before.result) {
      const result = await this.#render(before);
      // Read again: polls were counted meanwhile.
      this.#jobs.save({ ...(this.#jobs.find(operation) ?? before), result });
    }
    this.#ending.delete(operation);
  }

  async #render(job: Job): Promise<JobResult> {
    switch (job.outcome) {
      case 'never':
      case 'no_video':
        return { kind: 'response' };
      case 'error':
        return { kind: 'error', code: RPC_INTERNAL, message: 'Internal error.', ...job.error };
      case 'blocked':
        return { kind: 'response', filteredReasons: Array(job.sampleCount).fill(FILTERED_REASON) };
      case 'partly_blocked':
        return this.#deliver(job, job.sampleCount - 1, [FILTERED_REASON]);
      case 'succeeded':
        return this.#deliver(job, job.sampleCount, []);
    }
  }

  async #deliver(job: Job, videos: number, filteredReasons: string[]): Promise<JobResult> {
    const filtered = filteredReasons.length > 0 && { filteredReasons };
    if (job.storageUri === undefined) return { kind: 'response', inlineVideos: videos, ...filtered };
    try {
      const videoUris: string[] = [];
      for (let sample = 0; sample < videos; sample++) {
        videoUris.push(await this.#uploads.take(() => this.#upload(job, sample)));
      }
      return { kind: 'response', videoUris, ...filtered };
    } catch (error) {
      // Vertex too ends the operation with an error when it cannot write where it was told to.
      const message = `Failed to write the video to ${job.storageUri}: ${(error as Error).message}`;
      return { kind: 'error', code: RPC_FAILED_PRECONDITION, message };
    }
  }

  async #upload(job: Job, sample: number): Promise<string> {
    if (this.#storageUrl === undefined) throw new Error('there is no Cloud Storage here');
    const [, bucket = '', prefix = ''] = /^gs:\/\/([^/]+)\/?(.*?)\/?$/.exec(job.storageUri ?? '') ?? [];
    const name = [prefix, job.outputFolder, `sample_${sample}.mp4`].filter((part) => part !== '').join('/');
    const query = `uploadType=media&name=${encodeURIComponent(name)}`;
    const answer = await fetch(`${this.#storageUrl}/upload/storage/v1/b/${encodeURIComponent(bucket)}/o?${query}`, {
      method: 'POST',
      headers: { 'Content-Type': VIDEO_MIME_TYPE },
      body: new Uint8Array(await sampleVideo(job)),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${answer.status} ${text}`);
    return `gs://${bucket}/${name}`;
  }
}
