import type { AuditActor } from '../access/audit.ts';
import { sha256 } from '../hash.ts';
import { shardOf } from '../shard.ts';
import type { Format } from './format.ts';
import type { Dataset, Plan } from './query.ts';

/** How long an export can be fetched. */
export const KEPT_MS = 7 * 86_400_000;
/** Exports of one user that are not ended yet. */
export const MAX_UNFINISHED = 3;
/** Asking for the same again within this time is one export. */
export const SAME_WITHIN_MS = 60_000;
/** An export that nobody has written to for so long has been given up. */
const GIVEN_UP_AFTER_MS = 3_600_000;
/** No task takes so long: when nobody has written for that time, the task was lost. */
const LOST_AFTER_MS = 600_000;
/** Bytes after which a part ends, at the next page. */
export const PART_BYTES = 16 * 2 ** 20;
export const MAX_PARTS = 200;
/** How often a task is tried; as the queue has it. */
export const MAX_ATTEMPTS = 5;

export type ExportStatus = 'queued' | 'writing' | 'done' | 'failed';

/** A file that is wholly written. */
export interface ExportPart {
  path: string;
  rows: number;
  bytes: number;
}

/** An export that a task writes to Cloud Storage, part by part. */
export interface ExportJob {
  id: string;
  shard: number;
  uid: string;
  actor: AuditActor;
  /** The address that it was asked for from. */
  from: string;
  plan: Plan;
  /** Equal for the same question of the same user. */
  questionHash: string;
  status: ExportStatus;
  parts: ExportPart[];
  /** Documents or buckets to read in all, as counted at first, and those that the parts are of. */
  units: number;
  unitsRead: number;
  /** Where the next part begins; absent at the beginning. */
  position?: string;
  createdAt: Date;
  updatedAt: Date;
  endedAt?: Date;
  /** From then on it is not there any more. */
  expireAt: Date;
  /** Why it failed. */
  error?: string;
}

/** Who asks for what, from where. */
export type Wish = Pick<ExportJob, 'uid' | 'actor' | 'from' | 'plan' | 'questionHash' | 'units'>;

/** An export about to be written. */
export function newJob(id: string, wish: Wish, at: Date): ExportJob {
  const expireAt = new Date(at.getTime() + KEPT_MS);
  const times = { createdAt: at, updatedAt: at, expireAt };
  return { id, shard: shardOf(wish.uid), ...wish, status: 'queued', parts: [], unitsRead: 0, ...times };
}

/** The status as of a moment: what stands still for an hour has failed. */
export function statusAt({ status, updatedAt }: ExportJob, at: Date): ExportStatus {
  const isOver = status === 'done' || status === 'failed';
  return !isOver && at.getTime() - updatedAt.getTime() > GIVEN_UP_AFTER_MS ? 'failed' : status;
}

/** Whether it takes one of its user's places. */
export function isUnfinished(job: ExportJob, at: Date): boolean {
  return ['queued', 'writing'].includes(statusAt(job, at));
}

/** What a task has written: a part, and where the next one begins, if there is one. */
export interface Written {
  part: ExportPart;
  units: number;
  next: string | undefined;
}

/** The export with one part more. */
export function withPart(job: ExportJob, { part, units, next }: Written, at: Date): ExportJob {
  const { position: _position, ...rest } = job;
  const parts = [...job.parts, part];
  const more = { ...rest, parts, unitsRead: job.unitsRead + units, updatedAt: at };
  if (next === undefined) return { ...more, status: 'done', endedAt: at };
  if (parts.length === MAX_PARTS) return failed({ ...more, position: next }, TOO_LARGE, at);
  return { ...more, status: 'writing', position: next };
}

const TOO_LARGE = `It is more than ${MAX_PARTS} parts of ${PART_BYTES / 2 ** 20} MiB: ask for a shorter period.`;

/** The export as one that is given up. */
export function failed(job: ExportJob, error: string, at: Date): ExportJob {
  return { ...job, status: 'failed', error, updatedAt: at, endedAt: at };
}

/** How many tasks for the next part must have been lost by then. */
function lostTasks({ updatedAt }: Pick<ExportJob, 'updatedAt'>, at: Date): number {
  return Math.floor((at.getTime() - updatedAt.getTime()) / LOST_AFTER_MS);
}

/** Whether it may be that no task comes for the next part. */
export function mayBeLost(job: ExportJob, at: Date): boolean {
  return isUnfinished(job, at) && (job.status === 'queued' || lostTasks(job, at) > 0);
}

/** Names the task that writes the next part; another one when that was lost. */
export function taskIdOf(job: Pick<ExportJob, 'id' | 'parts' | 'updatedAt'>, at: Date): string {
  return sha256('export', job.id, String(job.parts.length), String(lostTasks(job, at)));
}

/** The sum over the parts. */
export function totalOf({ parts }: Pick<ExportJob, 'parts'>): { rows: number; bytes: number } {
  return parts.reduce((sum, { rows, bytes }) => ({ rows: sum.rows + rows, bytes: sum.bytes + bytes }), {
    ...{ rows: 0, bytes: 0 },
  });
}

/** Such as `events-2024-11-01-2024-12-01-part-00001.csv`: what a file is called where it is saved. */
export function fileNameOf(plan: { dataset: Dataset; format: Format; fromMs: number; toMs: number }, part?: number) {
  const day = (ms: number) => new Date(ms).toISOString().slice(0, 10);
  const suffix = part === undefined ? '' : `-part-${String(part).padStart(5, '0')}`;
  return `${plan.dataset}-${day(plan.fromMs)}-${day(plan.toMs)}${suffix}.${plan.format}`;
}
