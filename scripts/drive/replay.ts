import type { Stack } from '../../local/stack/in-process.ts';
import type { RecordedRequest } from '../mapping/map-row.ts';
import { demand, send } from './api.ts';
import { bodyOf, veoRuleOf } from './wish.ts';

const RULES_AT_ONCE = 200;

/** What became of asking for a recorded request. */
export interface AskedFor {
  request: RecordedRequest;
  /** Undefined when the API refused it. */
  generationId: string | undefined;
  /** Why it was refused. */
  refusal?: string;
}

export interface Replayed {
  asked: AskedFor[];
  scheduleRuns: number;
}

export interface ReplayOptions {
  stack: Stack;
  /** In order of time. */
  requests: readonly RecordedRequest[];
  tokenOf: (user: string) => Promise<string>;
  onProgress: (asked: number, nowMs: number) => void;
}

/** Asks for each request at its own time, everything due before it having run, and lets all of them come to their end. */
export async function replay(options: ReplayOptions): Promise<Replayed> {
  const { stack, requests, tokenOf, onProgress } = options;
  for (let from = 0; from < requests.length; from += RULES_AT_ONCE) {
    const rules = requests.slice(from, from + RULES_AT_ONCE).map(veoRuleOf);
    await demand(`${stack.url}/__local/vendors/veo/script`, { method: 'POST', body: rules });
  }
  let scheduleRuns = 0;
  const asked: AskedFor[] = [];
  for (const request of requests) {
    const token = await tokenOf(request.user);
    const { ran } = await stack.host.advanceTo(request.requestedAtMs);
    scheduleRuns += ran.schedules;
    asked.push(await ask(stack.url, request, token));
    onProgress(asked.length, stack.clock.now());
  }
  const { ran } = await stack.host.drainTasks();
  return { asked, scheduleRuns: scheduleRuns + ran.schedules };
}

async function ask(url: string, request: RecordedRequest, token: string): Promise<AskedFor> {
  const { status, body } = await send(`${url}/api/v1/generations`, {
    ...{ method: 'POST', token, key: `line-${request.line}`, body: bodyOf(request) },
  });
  if (status === 202) return { request, generationId: (body as { id: string }).id };
  return { request, generationId: undefined, refusal: `${status} ${JSON.stringify(body)}`.slice(0, 300) };
}
