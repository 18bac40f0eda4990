import { createRoute } from '@hono/zod-openapi';
import { CREDIT_USD_MICROS } from '../../../core/credit/ledger.ts';
import { generationRequestSchema } from '../../../core/generation/request.ts';
import { type Estimate, estimateGeneration } from '../../../features/generation/index.ts';
import { BODY_REFUSALS, json, REFUSALS } from '../../answers.ts';
import { router } from '../../router.ts';
import { estimateSchema } from '../../schemas/account.ts';

/** The body of a request for a video, in which the prompt may be left out. */
const wishSchema = generationRequestSchema.partial({ prompt: true });

const route = createRoute({
  method: 'post',
  path: '/generations/estimate',
  summary: 'What a request would cost, and whether it would be taken in now; nothing is made',
  request: { body: { required: true, content: { 'application/json': { schema: wishSchema } } } },
  responses: { 200: json(estimateSchema, 'The estimate'), 400: REFUSALS[400], ...BODY_REFUSALS },
});

export const estimate = router().openapi(route, async (c) => {
  const request = c.req.valid('json');
  return c.json({ model: request.model, ...estimateView(await estimateGeneration(c.var.actor, request)) }, 200);
});

function estimateView({ videos, credits, creditsPerVideo, costUsdMicros, availableCredits, refusal }: Estimate) {
  return {
    ...{ videos, priceCredits: credits, creditsPerVideo, priceUsd: (credits * CREDIT_USD_MICROS) / 1e6 },
    costUsd: costUsdMicros / 1e6,
    costIsEstimate: true as const,
    ...{ availableCredits, allowed: !refusal },
    ...(refusal && { refusal: refusalView(refusal) }),
  };
}

function refusalView({ code, message, exceeded }: NonNullable<Estimate['refusal']>) {
  if (!exceeded) return { code, detail: message };
  const { freesAt, ...limit } = exceeded;
  return { code, detail: message, exceeded: { ...limit, ...(freesAt && { freesAt: freesAt.toISOString() }) } };
}
