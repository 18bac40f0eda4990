import type { Attempt, Generation } from '../../functions/src/core/generation/state.ts';
import type { Check } from '../drive/report.ts';
import { checkAll } from './check.ts';
import type { ProviderJob } from './kill.ts';
import { hidesAcceptance } from './kinds.ts';
import type { Observed } from './observe.ts';

/** Why a job that was rendered reached nobody: the host was killed at its submit, a fault hid that it was taken, or the provider lost it. */
export type OrphanCause = 'kill' | 'fault' | 'lost';

/** A job that the provider took, and what the system knows of it. */
interface Traced {
  job: ProviderJob;
  key: string;
  generation: Generation | undefined;
  attempt: Attempt | undefined;
  attached: boolean;
  rendered: boolean;
}

export interface JobsReport {
  checks: Check[];
  orphans: Record<OrphanCause, number>;
}

const ATTEMPT_PLACE = /\/attempts\/([^/]+)\/(\d+)\/$/;

/** Every job at the provider belongs to one attempt, a success to one job, and a rendered job without a use has a cause. */
export function checkJobs({ asked, kills, generations, jobs }: Observed): JobsReport {
  const traced = jobs.map((job) => trace(job, generations));
  const perAttempt = Map.groupBy(traced, ({ key }) => key);
  const succeeded = [...generations.values()].filter(({ state }) => state === 'succeeded');
  const attached = traced.filter((each) => each.attached);
  const orphans = traced.filter((each) => each.rendered && !each.attached);
  const cut = new Set(kills.flatMap(({ cutSubmits }) => cutSubmits));
  const hiding = new Set(asked.flatMap(({ wish, ids }) => (hidesAcceptance(wish.kind) ? ids : [])));
  const causeOf = ({ key, generation, attempt }: Traced): OrphanCause | undefined => {
    if (attempt?.operation !== undefined) return 'lost';
    if (cut.has(key)) return 'kill';
    return generation && hiding.has(generation.id) ? 'fault' : undefined;
  };
  const count = (cause: OrphanCause) => orphans.filter((orphan) => causeOf(orphan) === cause).length;
  return {
    orphans: { kill: count('kill'), fault: count('fault'), lost: count('lost') },
    checks: [
      checkAll(
        'each job at the provider is of a recorded attempt',
        jobs.length,
        traced.flatMap(({ key, attempt }) => (attempt ? [] : key)),
      ),
      checkAll(
        'no attempt was submitted twice',
        perAttempt.size,
        [...perAttempt].flatMap(([key, same]) => (same.length === 1 ? [] : `${key}: ${same.length} jobs`)),
      ),
      checkAll(
        'each success has one job, rendered',
        succeeded.length,
        succeeded.flatMap(({ id, outputs }) => {
          const mine = attached.filter(({ generation }) => generation?.id === id);
          return mine.length === 1 && mine.every((each) => videosOf(each) === outputs.length) ? [] : id;
        }),
      ),
      checkAll(
        'each orphan has a cause',
        orphans.length,
        orphans.flatMap((orphan) => (causeOf(orphan) ? [] : orphan.key)),
      ),
      checkAll(
        'each orphan is counted and booked as waste on its attempt',
        orphans.length,
        orphans.flatMap((orphan) => {
          const { key, attempt, generation } = orphan;
          const costUsdMicros = videosOf(orphan) * (generation?.costUsdMicrosPerVideo ?? 0);
          return attempt?.orphans === videosOf(orphan) && attempt.costUsdMicros === costUsdMicros ? [] : key;
        }),
      ),
      atMost('orphans of a kill, of submits cut off by one', count('kill'), cut.size),
      atMost('orphans of a fault, of faults that hide an acceptance', count('fault'), hiding.size),
    ],
  };
}

function trace(job: ProviderJob, generations: Observed['generations']): Traced {
  const [, id = '?', number = '?'] = ATTEMPT_PLACE.exec(job.storageUri) ?? [];
  const generation = generations.get(id);
  const attempt = generation?.attempts.find((each) => each.number === Number(number));
  return {
    ...{ job, key: `${id}/${number}`, generation, attempt },
    attached: generation?.state === 'succeeded' && attempt === generation.attempts.at(-1),
    rendered: job.state === 'succeeded' || job.state === 'partly_blocked',
  };
}

const videosOf = ({ job, rendered }: Traced) =>
  rendered ? job.sampleCount - (job.state === 'partly_blocked' ? 1 : 0) : 0;

const atMost = (name: string, count: number, limit: number): Check => ({
  ...{ name, ok: count <= limit },
  found: `${count} of ${limit}`,
});
