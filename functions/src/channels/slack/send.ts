import { IncomingWebhook } from '@slack/webhook';
import { beginningOf } from '../beginning.ts';
import type { Channel, Delivery } from '../channel.ts';
import { refusedWith, retryAfterMsOf, unanswered } from '../failure.ts';
import type { SettingsOf } from '../settings.ts';
import { renderSlack } from './render.ts';

const TIMEOUT_MS = 10_000;

/** Slack by an incoming webhook. Its address is the secret. */
export function slackChannel({ url }: SettingsOf<'slack'>, timeoutMs = TIMEOUT_MS): Channel {
  const secrets = [url, new URL(url).pathname];
  const send: Channel['send'] = async (message) => {
    const { slack, shortened } = renderSlack(message);
    let retryAfter: string | null = null;
    const webhook = new IncomingWebhook(url, {
      timeout: timeoutMs,
      link_names: false,
      // The client's error has no headers, so this is where Retry-After is read; and it would read an answer of any length.
      fetch: async (...request) => {
        const answer = await fetch(...request);
        retryAfter = answer.headers.get('retry-after');
        const { status, statusText, headers } = answer;
        return answer.body ? new Response(await beginningOf(answer), { status, statusText, headers }) : answer;
      },
    });
    try {
      await webhook.send({ ...slack, unfurl_links: false, unfurl_media: false });
      return { ok: true, ...(shortened && { possiblyShortened: true }) };
    } catch (error) {
      return failed(error, retryAfter, secrets);
    }
  };
  return { send, sendTest: (message) => send({ ...message, test: true }) };
}

/** Slack names its refusals in the body, such as `no_service` or `channel_is_archived`. */
function failed(error: unknown, retryAfter: string | null, secrets: string[]): Delivery {
  const { statusCode, body } = error as { statusCode?: number; body?: string };
  if (statusCode === undefined) return unanswered(error, secrets);
  const word = /^[a-z_]{1,60}$/.exec(body ?? '')?.[0];
  return refusedWith({
    status: statusCode,
    ...(word && { code: word }),
    message: body || `Slack answered ${statusCode}`,
    retryAfterMs: retryAfterMsOf(retryAfter),
    secrets,
  });
}
