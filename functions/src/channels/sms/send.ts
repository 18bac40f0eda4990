import type { Channel, Delivery } from '../channel.ts';
import { refusedWith, retryAfterMsOf, unanswered } from '../failure.ts';
import type { SettingsOf } from '../settings.ts';
import { renderSms } from './render.ts';

const TIMEOUT_MS = 10_000;
/** A phone that is off so long gets it no more. */
const VALIDITY_SEC = 4 * 3_600;
/** https://www.twilio.com/docs/api/errors/20429: too many requests. */
const TOO_MANY = 20_429;

/** Text messages by Twilio. */
export function smsChannel(settings: SettingsOf<'sms'>, timeoutMs = TIMEOUT_MS): Channel {
  const { accountSid, authToken, from, to, baseUrl } = settings;
  const send: Channel['send'] = async (message) => {
    const { text, shortened } = renderSms(message);
    const { default: twilio } = await import('twilio');
    // A client of its own for each message: it is asked below for the headers of the last answer.
    const httpClient = new twilio.RequestClient({ timeout: timeoutMs, keepAlive: false });
    const client = twilio(accountSid, authToken, { httpClient });
    if (baseUrl) client.api.baseUrl = baseUrl.replace(/\/+$/, '');
    try {
      const { sid } = await client.messages.create({ to, from, body: text, validityPeriod: VALIDITY_SEC });
      return { ok: true, vendorId: sid, ...(shortened && { possiblyShortened: true }) };
    } catch (error) {
      const retryAfter: unknown = httpClient.lastResponse?.headers?.['retry-after'];
      return failed(error, typeof retryAfter === 'string' ? retryAfter : undefined, [authToken, accountSid, to]);
    }
  };
  return { send, sendTest: (message) => send({ ...message, test: true }) };
}

function failed(error: unknown, retryAfter: string | undefined, secrets: string[]): Delivery {
  // What the client throws for an answer: its HTTP status, and Twilio's own code.
  const { status, code, message } = error as { status?: unknown; code?: unknown; message?: unknown };
  if (typeof status !== 'number') return unanswered(error, secrets);
  return refusedWith({
    status: code === TOO_MANY ? 429 : status,
    ...(typeof code === 'number' && { code: String(code) }),
    message: String(message),
    retryAfterMs: retryAfterMsOf(retryAfter),
    secrets,
  });
}
