import type { Message } from '../../core/alert/message.ts';
import { beginningOf } from '../beginning.ts';
import type { Channel, Delivery } from '../channel.ts';
import { refusedWith, retryAfterMsOf, unanswered } from '../failure.ts';
import type { SettingsOf } from '../settings.ts';
import { renderEvent } from './render.ts';

const PAGERDUTY_URL = 'https://events.pagerduty.com';
const TIMEOUT_MS = 10_000;

/** PagerDuty by its Events API v2: one incident an episode, by its dedup key. */
export function pagerdutyChannel(settings: SettingsOf<'pagerduty'>, timeoutMs = TIMEOUT_MS): Channel {
  const { routingKey, baseUrl = PAGERDUTY_URL } = settings;
  const url = new URL('/v2/enqueue', baseUrl).href;
  const send = (message: Message) => enqueue({ url, message, routingKey, timeoutMs });
  return {
    send,
    async sendTest(message) {
      const opened = await send({ ...message, test: true, verb: 'trigger', severity: 'info' });
      if (!opened.ok) return opened;
      const closed = await send({ ...message, test: true, verb: 'resolve' });
      return closed.ok ? opened : closed;
    },
  };
}

interface Enqueue {
  url: string;
  message: Message;
  routingKey: string;
  timeoutMs: number;
}

async function enqueue({ url, message, routingKey, timeoutMs }: Enqueue): Promise<Delivery> {
  const secrets = [routingKey];
  const { event, shortened } = renderEvent(message, routingKey);
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(event),
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (answer.status === 202) {
      // It is accepted, whatever else the answer says or does not come to say.
      await answer.body?.cancel();
      return { ok: true, vendorId: event.dedup_key, ...(shortened && { possiblyShortened: true }) };
    }
    const retryAfterMs = retryAfterMsOf(answer.headers.get('retry-after'));
    return refusedWith({ status: answer.status, message: messageIn(await beginningOf(answer)), retryAfterMs, secrets });
  } catch (error) {
    return unanswered(error, secrets);
  }
}

/** `{status, message, errors}`, or whatever stood in the way. */
function messageIn(text: string): string {
  try {
    const { message, errors = [] } = JSON.parse(text) as { message?: string; errors?: string[] };
    return [message, ...errors].filter(Boolean).join(': ') || text;
  } catch {
    // No JSON: an answer of something between us and PagerDuty, which is worth showing as it is.
    return text;
  }
}
