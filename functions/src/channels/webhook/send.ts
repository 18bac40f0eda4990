import { Webhook } from 'standardwebhooks';
import { WEBHOOK_ALLOW_PRIVATE } from '../../params.ts';
import { now } from '../../platform/clock.ts';
import type { Channel, Delivery } from '../channel.ts';
import { refusedWith, retryAfterMsOf, unanswered } from '../failure.ts';
import type { SettingsOf } from '../settings.ts';
import { post, RefusedAddress, type Resolve } from './post.ts';
import { renderWebhook } from './render.ts';

const TIMEOUT_MS = 10_000;

interface Options {
  resolve?: Resolve;
  timeoutMs?: number;
}

/** Any https address, signed as Standard Webhooks has it (https://www.standardwebhooks.com): id, time and body by HMAC-SHA256. */
export function webhookChannel(
  settings: SettingsOf<'webhook'>,
  { resolve, timeoutMs = TIMEOUT_MS }: Options = {},
): Channel {
  const { url, secret } = settings;
  const secrets = [secret, url, new URL(url).pathname + new URL(url).search];
  const send: Channel['send'] = async (message) => {
    const rendered = renderWebhook(message);
    const body = JSON.stringify(rendered.body);
    const at = now();
    const headers = {
      'Content-Type': 'application/json',
      'User-Agent': 'Dailies',
      'webhook-id': message.messageId,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
      'webhook-signature': new Webhook(secret).sign(message.messageId, at, body),
    };
    const allowPrivate = WEBHOOK_ALLOW_PRIVATE.value();
    try {
      const answer = await post({
        ...{ url, headers, body, timeoutMs, allowPrivate },
        ...(resolve && { resolve }),
      });
      return deliveryOf(answer, rendered.shortened, secrets);
    } catch (error) {
      if (!(error instanceof RefusedAddress)) return unanswered(error, secrets);
      return { ok: false, retry: false, uncertain: false, code: 'address_refused', message: error.message };
    }
  };
  return { send, sendTest: (message) => send({ ...message, test: true }) };
}

function deliveryOf(
  { status, retryAfter }: { status: number; retryAfter: string | undefined },
  shortened: boolean,
  secrets: string[],
): Delivery {
  if (status >= 200 && status < 300) return { ok: true, ...(shortened && { possiblyShortened: true }) };
  const redirects = status >= 300 && status < 400;
  const message = redirects ? 'The receiver redirects, which is not followed.' : `The receiver answered ${status}.`;
  return refusedWith({ status, message, retryAfterMs: retryAfterMsOf(retryAfter), secrets });
}
