import { MODELS } from '../../functions/src/core/catalogue/models.ts';
import { KINDS } from '../../functions/src/core/catalogue/schema.ts';
import { STYLE_IDS } from '../../functions/src/core/catalogue/styles.ts';
import { userKeyOf } from '../../functions/src/core/events/draft.ts';
import { EVENT_BODIES } from '../../functions/src/core/events/schema.ts';
import type { EndMeasures, RollupEvent } from '../../functions/src/core/rollup/contribution.ts';
import { seededRandom } from '../../local/demo/random.ts';

/** An event that tells a generation's arrival and its end. */
export interface EndEvent extends RollupEvent {
  body: EndMeasures;
}

/** Users, of whom some ask for much more than others. */
const USERS = Array.from({ length: 5_000 }, (_, user) => userKeyOf(String(user)));

/** Events of reported generations, in the order of the log: each tells an arrival and an end. Renders take about a minute. */
export function generations(n: number, fromMs: number, toMs: number): EndEvent[] {
  const random = seededRandom(1);
  const pick = <T>(list: readonly T[]) => list[Math.floor(random() ** 2 * list.length)] as T;
  const spread = () => Math.exp(0.6 * (random() + random() + random() + random() - 2) * Math.sqrt(3));
  const events = Array.from({ length: n }, (): EndEvent => {
    const { provider, id: model } = pick(MODELS);
    const [kind, style] = [pick(KINDS), pick(STYLE_IDS)];
    const [queueMs, renderMs, storeMs] = [2_000, 60_000, 800].map((typical) => Math.round(typical * spread()));
    const totalMs = (queueMs ?? 0) + (renderMs ?? 0) + (storeMs ?? 0);
    const requestedMs = fromMs + Math.floor(random() * (toMs - fromMs - totalMs));
    const failed = random() < 0.06;
    const body = {
      ...{ generationId: 'g', provider, model, kind, style, requestedAt: new Date(requestedMs) },
      ...{ attempts: random() < 0.05 ? 2 : 1, queueMs, renderMs, totalMs, chargedCredits: 0, videosBlocked: 0 },
      ...{ costUsdMicros: 400_000 + 100_000 * Math.floor(random() * 20), wasteUsdMicros: 0, possibleWasteUsdMicros: 0 },
      ...(failed
        ? { videosDelivered: 0, videoSec: 0, errorCode: 'provider_internal', fault: 'provider' }
        : { videosDelivered: 1, videoSec: 8, storeMs, qualityThousandths: Math.floor(600 + 400 * random()) }),
    };
    const type = failed ? 'generation.failed' : 'generation.succeeded';
    return {
      type,
      occurredAt: new Date(requestedMs + totalMs),
      cellKey: `${provider}/${model}/${kind}`,
      userKey: pick(USERS),
      body: EVENT_BODIES[type].parse(body),
    };
  });
  return events.sort((a, b) => a.occurredAt.getTime() - b.occurredAt.getTime());
}

/** The same event so much later. */
export function later(event: EndEvent, byMs: number): EndEvent {
  const { occurredAt, body } = event;
  const requestedAt = new Date((body.requestedAt ?? occurredAt).getTime() + byMs);
  return { ...event, occurredAt: new Date(occurredAt.getTime() + byMs), body: { ...body, requestedAt } };
}
