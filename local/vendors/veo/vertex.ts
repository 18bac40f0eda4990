import { randomInt, randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { MovableClock } from '../../clock.ts';
import { readJson, sendJson } from '../../storage/http.ts';
import { GoogleError } from '../google-errors.ts';
import { faultAfter, faultBefore } from './fault.ts';
import type { Job, Jobs } from './jobs.ts';
import { VEO_MODELS, type VeoModel } from './models.ts';
import { operationOf } from './operation.ts';
import { drawRenderMs } from './render-time.ts';
import type { Renderer } from './renderer.ts';
import { readVeoRequest, type VeoRequest } from './request.ts';
import type { ScriptRule } from './script-rule.ts';
import type { Scripts } from './scripts.ts';

const MINUTE_MS = 60_000;

export interface VertexParts {
  projectId: string;
  clock: MovableClock;
  seed: number;
  /** Submits a minute before 429; undefined without limit. */
  requestsPerMinute?: number;
  jobs: Jobs;
  scripts: Scripts;
  renderer: Renderer;
}

/** A call of Vertex's, taken from its path. */
export interface VertexCall {
  project: string;
  model: string;
  verb: 'predictLongRunning' | 'fetchPredictOperation';
  /** `projects/P/locations/L/publishers/google/models/M` */
  resource: string;
}

/** The call a path stands for; undefined when it is none. */
export function matchVertex(path: string): VertexCall | undefined {
  const match =
    /^\/v1(?:beta1)?\/(projects\/([^/]+)\/locations\/[^/]+\/publishers\/google\/models\/([^/:]+)):(predictLongRunning|fetchPredictOperation)$/.exec(
      path,
    );
  const [, resource, project, model, verb] = match ?? [];
  if (!resource || !project || !model) return undefined;
  return { resource, project, model, verb: verb as VertexCall['verb'] };
}

/** Answers one call. Throws GoogleError for a refusal. */
export async function answerVertex(
  request: IncomingMessage,
  response: ServerResponse,
  call: VertexCall,
  parts: VertexParts,
): Promise<void> {
  if (call.project !== parts.projectId) {
    const denied = `Permission 'aiplatform.endpoints.predict' denied on resource '//aiplatform.googleapis.com/${call.resource}' (or it may not exist).`;
    throw new GoogleError(403, denied);
  }
  const model = VEO_MODELS.get(call.model);
  if (!model) {
    const unknown = `Publisher Model \`${call.resource}\` was not found or your project does not have access to it. Please ensure you are using a valid model version.`;
    throw new GoogleError(404, unknown);
  }
  const body = await readBody(request);
  if (call.verb === 'predictLongRunning') await submit(response, { ...call, body, capabilities: model }, parts);
  else await poll(response, { ...call, body }, parts);
}

async function submit(
  response: ServerResponse,
  { model, resource, body, capabilities }: VertexCall & { body: unknown; capabilities: VeoModel },
  parts: VertexParts,
): Promise<void> {
  const veoRequest = readVeoRequest(body, capabilities);
  checkQuota(model, parts);
  const rule = parts.scripts.take({ prompt: veoRequest.prompt, model }) ?? {};
  const fault = rule.submit ?? {};
  if (!(await faultBefore(fault, response, parts.clock))) return;
  const job = accept({ model, resource, veoRequest, rule, medianRenderMs: capabilities.medianRenderMs }, parts);
  if (faultAfter(fault, response)) sendJson(response, 200, { name: job.operation });
}

interface Acceptance {
  model: string;
  resource: string;
  veoRequest: VeoRequest;
  rule: ScriptRule;
  medianRenderMs: number;
}

function accept({ model, resource, veoRequest, rule, medianRenderMs }: Acceptance, parts: VertexParts): Job {
  const { jobs, clock, seed, renderer } = parts;
  const seq = jobs.count() + 1;
  const outcome = rule.outcome ?? 'succeeded';
  const drawnMs = drawRenderMs(medianRenderMs, veoRequest.resolution, `${seed}/${seq}/${model}/${veoRequest.prompt}`);
  const job: Job = {
    ...veoRequest,
    seq,
    operation: `${resource}/operations/${randomUUID()}`,
    model,
    submittedAtMs: clock.now(),
    ...(outcome !== 'never' && { endsAtMs: clock.now() + (rule.renderMs ?? drawnMs) }),
    outcome,
    ...(rule.error && { error: rule.error }),
    pollFaults: rule.polls ?? [],
    operationVanishes: rule.operationVanishes ?? false,
    outputFolder: `${randomInt(1, 2 ** 47)}${String(randomInt(0, 10_000)).padStart(4, '0')}`,
    polls: 0,
  };
  jobs.save(job);
  renderer.schedule(job);
  return job;
}

async function poll(
  response: ServerResponse,
  { resource, body }: VertexCall & { body: unknown },
  { jobs, renderer, clock }: VertexParts,
): Promise<void> {
  const { operationName } = (body ?? {}) as { operationName?: unknown };
  if (typeof operationName !== 'string' || !operationName.startsWith(`${resource}/operations/`)) {
    throw new GoogleError(400, `Invalid value for operationName: it must be an operation of ${resource}.`);
  }
  const found = jobs.find(operationName);
  if (!found) throw operationNotFound(operationName);
  jobs.save({ ...found, polls: found.polls + 1 });
  const fault = found.pollFaults[found.polls] ?? {};
  if (!(await faultBefore(fault, response, clock))) return;
  const job = (await renderer.current(operationName)) ?? found;
  if (job.operationVanishes && job.result) throw operationNotFound(operationName);
  if (faultAfter(fault, response)) sendJson(response, 200, await operationOf(job));
}

function operationNotFound(operationName: string): GoogleError {
  return new GoogleError(404, `The operation ${operationName} was not found.`);
}

function checkQuota(model: string, { requestsPerMinute, jobs, clock }: VertexParts): void {
  if (requestsPerMinute === undefined || jobs.countSince(clock.now() - MINUTE_MS) < requestsPerMinute) return;
  throw new GoogleError(
    429,
    `Quota exceeded for aiplatform.googleapis.com/long_running_online_prediction_requests_per_base_model with base model: ${model}. Please submit a quota increase request.`,
  );
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  try {
    return await readJson(request);
  } catch (error) {
    throw new GoogleError(400, `Invalid JSON payload received. ${(error as Error).message}`);
  }
}
