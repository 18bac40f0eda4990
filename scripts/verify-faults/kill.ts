import { currentAttempt, type Generation, isTerminal } from '../../functions/src/core/generation/state.ts';
import type { Processes } from '../../local/stack/processes.ts';
import { demand } from '../drive/api.ts';
import type { Database } from './database.ts';
import type { Kill } from './plan.ts';

const LOOK_MS = 15;
/** Three minutes: a submit that hangs holds everything up for one. */
const LOOK_LIMIT = 12_000;

/** What a kill of the functions host met. */
export interface KillHit {
  at: Kill['at'];
  /** Generations under way, by state. */
  underWay: Record<string, number>;
  /** Attempts of which the provider's answer, if there was one, was lost with the host: `generation/number`. */
  cutSubmits: string[];
}

/** Kills the functions host, looks at what it left, and starts it again. */
export async function killAndRestart(
  stack: Processes,
  database: Database,
  at: Kill['at'],
  earlier: readonly KillHit[],
): Promise<KillHit> {
  await stack.killHost();
  const left = (await database.generations()).filter(({ state }) => !isTerminal(state));
  await stack.restartHost();
  const underWay: Record<string, number> = {};
  for (const { state } of left) underWay[state] = (underWay[state] ?? 0) + 1;
  const known = new Set(earlier.flatMap(({ cutSubmits }) => cutSubmits));
  return { at, underWay, cutSubmits: left.flatMap(cutSubmit).filter((key) => !known.has(key)) };
}

function cutSubmit(generation: Generation): string[] {
  const attempt = currentAttempt(generation);
  if (generation.state !== 'submitting' || !attempt || attempt.uncertain) return [];
  return [`${generation.id}/${attempt.number}`];
}

/** Waits, in real time, until the provider has the submit or the poll of this prompt in hand. */
export async function untilProviderIsBusy(
  vendorsUrl: string,
  { at, prompt }: Kill & { prompt: string },
): Promise<void> {
  for (let looks = 0; looks < LOOK_LIMIT; looks++) {
    if (at === 'submit' ? await submitSeen(vendorsUrl, prompt) : await pollSeen(vendorsUrl, prompt)) return;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  throw new Error(`the provider was never asked for "${prompt}"`);
}

async function submitSeen(vendorsUrl: string, prompt: string): Promise<boolean> {
  const { rules } = (await demand(`${vendorsUrl}/__vendors/veo/script`)) as {
    rules: { rule: { match?: { prompt?: string } }; matched: number }[];
  };
  return rules.some(({ rule, matched }) => rule.match?.prompt === prompt && matched > 0);
}

async function pollSeen(vendorsUrl: string, prompt: string): Promise<boolean> {
  return (await providerJobs(vendorsUrl)).some((job) => job.prompt === prompt && job.polls > 0);
}

/** A job that Veo's stand-in has taken. */
export interface ProviderJob {
  seq: number;
  operation: string;
  prompt: string;
  /** `running`, or how the render ended. */
  state: string;
  submittedAt: string;
  endsAt: string | null;
  sampleCount: number;
  storageUri: string;
  polls: number;
}

const PAGE = 500;

/** Every job taken so far. */
export async function providerJobs(vendorsUrl: string): Promise<ProviderJob[]> {
  const jobs: ProviderJob[] = [];
  for (;;) {
    const after = jobs.at(-1)?.seq ?? 0;
    const page = (await demand(`${vendorsUrl}/__vendors/veo/jobs?limit=${PAGE}&after=${after}`)) as {
      jobs: ProviderJob[];
    };
    jobs.push(...page.jobs);
    if (page.jobs.length < PAGE) return jobs;
  }
}
