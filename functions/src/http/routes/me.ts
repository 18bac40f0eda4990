import { createRoute, z } from '@hono/zod-openapi';
import type { LedgerEntry } from '../../core/credit/ledger.ts';
import { ledgerOf, type Standing, standingOf } from '../../features/credits/index.ts';
import { json, REFUSALS } from '../answers.ts';
import { router } from '../router.ts';
import { ledgerPageSchema, standingSchema } from '../schemas/account.ts';
import { pageQuery } from '../schemas/page.ts';

const get = createRoute({
  method: 'get',
  path: '/me',
  summary: 'Your credits, your limits, and what you have used of them',
  responses: { 200: json(standingSchema, 'Where you stand') },
});

const getLedger = createRoute({
  method: 'get',
  path: '/me/ledger',
  summary: 'Every movement of your credits, newest first',
  request: { query: z.strictObject(pageQuery) },
  responses: { 200: json(ledgerPageSchema, 'A page'), 400: REFUSALS[400] },
});

export const me = router()
  .openapi(get, async (c) => {
    const { uid, role } = c.var.actor;
    return c.json({ uid, ...(role && { role }), ...standingView(await standingOf(c.var.actor)) }, 200);
  })
  .openapi(getLedger, async (c) => {
    const { limit, cursor } = c.req.valid('query');
    const { entries, nextCursor } = await ledgerOf(c.var.actor.uid, { limit, cursor });
    return c.json({ entries: entries.map(entryView), ...(nextCursor !== undefined && { nextCursor }) }, 200);
  });

function standingView({ account, limits, usage }: Standing) {
  return {
    tier: account.tier,
    ...account.balance,
    limits: {
      concurrentGenerations: { used: usage.concurrentGenerations, allowed: limits.concurrentGenerations },
      requestsPerMinute: { used: usage.requestsThisMinute, allowed: limits.requestsPerMinute },
      generationsPerDay: { used: usage.generationsToday, allowed: limits.generationsPerDay },
      creditsPerDay: { used: usage.creditsToday, allowed: limits.creditsPerDay },
      creditsPer30Days: { used: usage.creditsIn30Days, allowed: limits.creditsPer30Days },
    },
  };
}

function entryView({ id, kind, at, moves, generationId, reason }: LedgerEntry) {
  return {
    ...{ id, kind, at: at.toISOString() },
    availableCredits: moves.available ?? 0,
    heldCredits: moves.held ?? 0,
    chargedCredits: moves['house.sales'] ?? 0,
    ...(generationId !== undefined && { generationId }),
    ...(reason !== undefined && { reason }),
  };
}
