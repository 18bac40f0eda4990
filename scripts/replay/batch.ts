import { setTimeout as sleep } from 'node:timers/promises';

const MAX_TRIES = 8;
const ANSWER_LIMIT_MS = 120_000;
const LONGEST_WAIT_MS = 120_000;

/** Where the API is and who sends. */
export interface Destination {
  /** Of the site, such as `https://example.web.app`. */
  url: string;
  /** `Authorization` or `X-API-Key`. */
  headers: Record<string, string>;
}

/** What the API says of one row. */
export interface Told {
  index: number;
  status: 'accepted' | 'unchanged' | 'refused';
  reason?: string;
}

/** The API cannot be used as it is asked to; the message says why. */
export class ReplayError extends Error {
  override name = 'ReplayError';
}

/**
 * Sends one batch of reports until it is answered; what came through before changes nothing. Waits as long as a 429 says, and
 * longer each time after an error of the other side. Throws ReplayError for any other answer, and after eight tries.
 */
export async function sendBatch({ url, headers }: Destination, generations: readonly object[]): Promise<Told[]> {
  const body = JSON.stringify({ generations });
  let problem = '';
  for (let tries = 1; tries <= MAX_TRIES; tries++) {
    const answer = await post(`${url}/api/v1/metrics/generations`, headers, body);
    if ('results' in answer) return answer.results;
    problem = answer.problem;
    if (!answer.isTemporary) throw new ReplayError(problem);
    if (tries < MAX_TRIES) await sleep(Math.min(LONGEST_WAIT_MS, answer.retryAfterMs ?? 250 * 2 ** tries));
  }
  throw new ReplayError(`${problem} (${MAX_TRIES} times)`);
}

type Answer = { results: Told[] } | { problem: string; isTemporary: boolean; retryAfterMs?: number };

async function post(url: string, headers: Record<string, string>, body: string): Promise<Answer> {
  try {
    const answer = await fetch(url, {
      ...{ method: 'POST', redirect: 'manual', body, signal: AbortSignal.timeout(ANSWER_LIMIT_MS) },
      headers: { 'Content-Type': 'application/json', ...headers },
    });
    const { status } = answer;
    const text = await answer.text();
    if (status === 200) return { results: JSON.parse(text).results };
    const retryAfterSec = Number(answer.headers.get('retry-after') ?? Number.NaN);
    return {
      problem: `${url} answered ${status}: ${text.slice(0, 300)}`,
      isTemporary: status === 429 || status >= 500,
      ...(retryAfterSec >= 0 && { retryAfterMs: retryAfterSec * 1_000 }),
    };
  } catch (error) {
    // No answer, or none that can be read: whether it came through shows when it is sent again.
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const problem = `no answer from ${url}: ${cause instanceof Error ? cause.message : String(cause)}`;
    return { problem, isTemporary: true };
  }
}
