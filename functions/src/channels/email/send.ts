import type { Message } from '../../core/alert/message.ts';
import { now } from '../../platform/clock.ts';
import type { Channel, Delivery } from '../channel.ts';
import { refusedWith, retryAfterMsOf, unanswered } from '../failure.ts';
import type { SettingsOf } from '../settings.ts';
import { renderEmail } from './render.ts';

const TIMEOUT_MS = 10_000;
/** https://www.twilio.com/docs/sendgrid/api-reference/mail-send: `custom_args` hold 10,000 bytes, a category 255 characters. */
const MAX_ARGUMENT = 200;

/** E-mail by SendGrid. The messages of an episode form one thread. */
export function emailChannel(settings: SettingsOf<'email'>, timeoutMs = TIMEOUT_MS): Channel {
  const { apiKey, region, baseUrl } = settings;
  const send: Channel['send'] = async (message) => {
    const { email, shortened } = renderEmail(message);
    const { Client, MailService } = await sendgrid();
    const client = new Client();
    client.setDataResidency(region);
    // Setting the key also sets the address, so ours comes after it.
    client.setApiKey(apiKey);
    if (baseUrl) client.setDefaultRequest('baseUrl', baseUrl);
    const mail = new MailService();
    mail.setClient(client);
    mail.setTimeout(timeoutMs);
    try {
      const [{ headers }] = await mail.send({ ...email, ...envelopeOf(message, settings) });
      const vendorId: unknown = headers['x-message-id'];
      return {
        ok: true,
        ...(typeof vendorId === 'string' && { vendorId }),
        ...(shortened && { possiblyShortened: true }),
      };
    } catch (error) {
      return failed(error, [apiKey, ...settings.to]);
    }
  };
  return { send, sendTest: (message) => send({ ...message, test: true }) };
}

/** SendGrid's classes, loaded on first use: both modules export theirs by name, which their types do not say. */
async function sendgrid() {
  const [client, mail] = await Promise.all([import('@sendgrid/client'), import('@sendgrid/mail')]);
  const { Client } = client as unknown as { Client: new () => (typeof client)['default'] };
  const { MailService } = mail as unknown as { MailService: new () => (typeof mail)['default'] };
  return { Client, MailService };
}

function envelopeOf(message: Message, { from, fromName, to }: SettingsOf<'email'>) {
  const domain = from.slice(from.lastIndexOf('@') + 1);
  const thread = `<${message.dedupKey.replace(/[^A-Za-z0-9._-]/g, '-').slice(0, MAX_ARGUMENT)}@${domain}>`;
  return {
    from: { email: from, name: fromName },
    to,
    headers: { References: thread, 'In-Reply-To': thread, 'X-Auto-Response-Suppress': 'All' },
    categories: ['dailies-alert'],
    customArgs: { messageId: message.messageId.slice(0, MAX_ARGUMENT) },
    // Links stay as they are, so that whoever is woken up sees where they lead.
    trackingSettings: { clickTracking: { enable: false, enableText: false }, openTracking: { enable: false } },
  };
}

interface SendgridAnswer {
  headers?: Record<string, string>;
  body?: { errors?: { message?: string; field?: string | null }[] };
}

/** SendGrid's errors: the HTTP status as `code`, and a list of what is wrong with which field. */
function failed(error: unknown, secrets: string[]): Delivery {
  const { code, response } = error as { code?: unknown; response?: SendgridAnswer };
  if (typeof code !== 'number') return unanswered(error, secrets);
  const wrong = response?.body?.errors?.map(({ message, field }) => (field ? `${field}: ${message}` : `${message}`));
  return refusedWith({
    status: code,
    message: wrong?.join('; ') || `SendGrid answered ${code}`,
    retryAfterMs: waitOf(response?.headers ?? {}),
    secrets,
  });
}

/** `Retry-After`, or the second since 1970 in `X-RateLimit-Reset`. */
function waitOf(headers: Record<string, string>): number | undefined {
  const resetAtMs = Number(headers['x-ratelimit-reset'] ?? Number.NaN) * 1_000;
  if (headers['retry-after'] || Number.isNaN(resetAtMs)) return retryAfterMsOf(headers['retry-after']);
  return retryAfterMsOf(String(Math.max(0, Math.ceil((resetAtMs - now().getTime()) / 1_000))));
}
