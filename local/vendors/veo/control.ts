import type { IncomingMessage, ServerResponse } from 'node:http';
import { readJson, sendJson } from '../../storage/http.ts';
import { CheckError } from '../checked.ts';
import { type Job, type Jobs, jobState } from './jobs.ts';
import { readScriptRules } from './script-rule.ts';
import type { Scripts } from './scripts.ts';

const MAX_JOBS = 1000;

/** `/__vendors/veo/…`: scripts and accepted jobs, for tests and people. Returns false when the request is for neither. */
export async function answerVeoControl(
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  { scripts, jobs }: { scripts: Scripts; jobs: Jobs },
): Promise<boolean> {
  const route = `${request.method} ${url.pathname}`;
  if (route === 'POST /__vendors/veo/script') {
    const rules = readScriptRules(await readJson(request));
    scripts.add(rules);
    sendJson(response, 200, { added: rules.length });
  } else if (route === 'GET /__vendors/veo/script') {
    sendJson(response, 200, { rules: scripts.list() });
  } else if (route === 'DELETE /__vendors/veo/script') {
    scripts.clear();
    response.writeHead(204).end();
  } else if (route === 'GET /__vendors/veo/jobs') {
    sendJobs(response, url.searchParams, jobs);
  } else return false;
  return true;
}

/** `?limit=` (at most 1000) jobs in order of acceptance, `?after=` the `seq` of the last one seen; `total` counts them all. */
function sendJobs(response: ServerResponse, query: URLSearchParams, jobs: Jobs): void {
  const limit = Number(query.get('limit') ?? MAX_JOBS);
  const after = Number(query.get('after') ?? 0);
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_JOBS || !Number.isInteger(after)) {
    throw new CheckError(`limit must be a whole number from 1 to ${MAX_JOBS}, after a seq.`);
  }
  sendJson(response, 200, { total: jobs.count(), jobs: jobs.list(after, limit).map(shown) });
}

function shown(job: Job): Record<string, unknown> {
  const { seq, operation, model, prompt, submittedAtMs, endsAtMs, polls, storageUri, sampleCount } = job;
  return {
    seq,
    operation,
    model,
    prompt,
    sampleCount,
    submittedAt: new Date(submittedAtMs).toISOString(),
    endsAt: endsAtMs === undefined ? null : new Date(endsAtMs).toISOString(),
    state: jobState(job),
    polls,
    storageUri: storageUri ?? null,
  };
}
