import { loadJobId } from '../../../core/warehouse/jobId.ts';
import { now } from '../../../platform/clock.ts';
import {
  changeLetters,
  type DeadLetter,
  deadLettersAfter,
  deadLettersOfJob,
  type HeldLetter,
} from '../../../platform/deadLetters.ts';
import { eventsOfIds } from '../../../platform/eventLog.ts';
import { RowBatch } from './batch.ts';
import { carryOut, lookedUp } from './carryOut.ts';
import { PROJECTION_LIMITS, type ProjectionLimits } from './limits.ts';
import { lackOf } from './schema.ts';

/** Dead letters that are tried again by one job: they are changed in one commit. */
const GROUP = 100;
/** Jobs of one retry, which count against what BigQuery allows a day. */
const MAX_JOBS = 100;

/** What became of dead letters that were tried again. */
export interface Retried {
  /** Events that are in BigQuery now, and in no dead letter. */
  loaded: number;
  /** Events that were refused once more. */
  refused: number;
  jobs: number;
}

type Why = Pick<DeadLetter, 'reason' | 'message'>;

/**
 * Tries all dead letters again, in groups, as far as 100 jobs do. A group is noted in its letters before it is loaded by a job whose
 * id is of the group, and the letters go once that is done: each event is loaded once, however often this is interrupted or run.
 * Throws where BigQuery fails for a reason that has nothing to do with the rows; what is done by then stays done.
 */
export async function retryDeadLetters(limits: ProjectionLimits = PROJECTION_LIMITS): Promise<Retried> {
  const done: Retried = { loaded: 0, refused: 0, jobs: 0 };
  for (let after: string | undefined; done.jobs < MAX_JOBS; ) {
    const page = await deadLettersAfter(after, GROUP);
    const begun = new Set(page.flatMap(({ letter }) => letter.retryJobId ?? []));
    // What was interrupted is one job still, also where the page has only a part of it.
    for (const jobId of begun) await retryJob(jobId, await deadLettersOfJob(jobId), limits, done);
    await retryGroup(
      page.filter(({ letter }) => letter.retryJobId === null),
      limits,
      done,
    );
    after = page.at(-1)?.letter.id;
    if (page.length < GROUP) break;
  }
  return done;
}

/** Makes a job of letters that are in none, and carries it out. */
async function retryGroup(group: readonly HeldLetter[], limits: ProjectionLimits, done: Retried): Promise<void> {
  const { rows, misfits } = await sorted(group);
  for (const { held, message } of misfits) await release([held], { reason: 'schema', message }, done);
  if (rows.length === 0 || done.jobs >= MAX_JOBS) return;
  const names = rows.map(({ letter }) => `${letter.id} ${letter.at.toISOString()} ${letter.retries}`);
  const jobId = loadJobId(['dead letters', ...names], 0);
  const claimed = await changeLetters(rows, { retryJobId: jobId });
  // Somebody else is at it.
  if (claimed) await retryJob(jobId, claimed, limits, done);
}

/** Carries out the job that these letters, and no others, name. */
async function retryJob(
  jobId: string,
  all: readonly HeldLetter[],
  limits: ProjectionLimits,
  done: Retried,
): Promise<void> {
  done.jobs++;
  let group = all;
  let job = await lookedUp(jobId, limits);
  if (!job) {
    const { rows, misfits, lines } = await sorted(all);
    for (const { held, message } of misfits) await release([held], { reason: 'schema', message }, done);
    if (rows.length === 0) return;
    group = rows;
    job = await carryOut(jobId, lines, limits);
  }
  if (job.state === 'running') return;
  if (job.state === 'loaded') {
    if (job.rows !== group.length) throw new Error(`${jobId} loaded ${job.rows} rows of ${group.length} dead letters`);
    if (await changeLetters(group, null)) done.loaded += group.length;
    return;
  }
  const lack = await lackOf();
  const why = { reason: job.reason, message: job.message };
  const isRow = job.reason === 'invalid' && lack === null;
  const released = await release(group, why, isRow && group.length === 1 ? done : undefined);
  if (!isRow) throw new Error(`${jobId} failed: ${lack ?? job.message}`);
  if (!released || group.length === 1) return;
  const half = Math.ceil(group.length / 2);
  await retryGroup(released.slice(0, half), limits, done);
  await retryGroup(released.slice(half), limits, done);
}

/** Which of these letters can be rows, those rows, and what is wrong with the others. */
async function sorted(group: readonly HeldLetter[]) {
  const events = new Map((await eventsOfIds(group.map(({ letter }) => letter.id))).map((event) => [event.id, event]));
  const rows: HeldLetter[] = [];
  const misfits: { held: HeldLetter; message: string }[] = [];
  const lines: string[] = [];
  for (const held of group) {
    const batch = new RowBatch();
    const event = events.get(held.letter.id);
    if (event) batch.take(event);
    if (batch.lines.length > 0) {
      rows.push(held);
      lines.push(...batch.lines);
    } else misfits.push({ held, message: batch.misfits[0]?.message ?? 'the log has it no more' });
  }
  return { rows, misfits, lines };
}

/** Takes letters out of their job; with `done` they are counted as refused. */
async function release(group: readonly HeldLetter[], why: Why, done?: Retried): Promise<HeldLetter[] | undefined> {
  const released: HeldLetter[] = [];
  for (const held of group) {
    const changes = { ...why, retryJobId: null, retries: held.letter.retries + 1, at: now() };
    const changed = await changeLetters([held], changes);
    if (!changed) return undefined;
    released.push(...changed);
  }
  if (done) done.refused += group.length;
  return released;
}
