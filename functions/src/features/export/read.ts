import type { Actor } from '../../core/actor.ts';
import { AppError } from '../../core/errors.ts';
import { type ExportJob, fileNameOf, mayBeLost, statusAt } from '../../core/export/job.ts';
import { SIGNED_URL_TTL_SEC } from '../../params.ts';
import { now } from '../../platform/clock.ts';
import { exportJobs, exportsOf } from '../../platform/exports.ts';
import { signedReadUrl } from '../../platform/storage.ts';
import { enqueueNextPart } from './request.ts';

/** What Cloud Storage signs at most, and what is of use at least. */
const MAX_TTL_SEC = 604_800;
const MIN_TTL_SEC = 60;

export interface PartLink {
  url: string;
  expiresAt: Date;
}

/** An export as of now. */
export interface ExportState {
  job: ExportJob;
  /** A link to each part, in order; none before all are written. */
  links: PartLink[];
}

/** One export of the actor's own, or anybody's for an admin. Throws AppError `not_found`. */
export async function readExport(actor: Actor, id: string): Promise<ExportState> {
  const at = now();
  const stored = (await exportJobs().doc(id).get()).data();
  if (!stored || stored.expireAt <= at || (stored.uid !== actor.uid && actor.role !== 'admin')) {
    throw new AppError('not_found', 'There is no such export, or it is not yours.');
  }
  if (mayBeLost(stored, at)) await enqueueNextPart(stored);
  const job = asOf(stored, at);
  return { job, links: job.status === 'done' ? await linksOf(job) : [] };
}

/** The newest exports of the actor's own, at most `limit`. */
export async function listExports(actor: Actor, limit: number): Promise<ExportJob[]> {
  const at = now();
  const found = (await exportsOf(actor.uid, limit).get()).docs.map((doc) => doc.data());
  return found.filter(({ expireAt }) => expireAt > at).map((job) => asOf(job, at));
}

function asOf(job: ExportJob, at: Date): ExportJob {
  const status = statusAt(job, at);
  return status === job.status ? job : { ...job, status, error: 'Nobody writes it any more; ask again.' };
}

function linksOf({ parts, plan }: ExportJob): Promise<PartLink[]> {
  const ttlSec = Math.min(MAX_TTL_SEC, Math.max(MIN_TTL_SEC, SIGNED_URL_TTL_SEC.value()));
  return Promise.all(parts.map(({ path }, at) => signedReadUrl(path, ttlSec, fileNameOf(plan, at + 1), 'attachment')));
}
