import { z } from 'zod';
import { type ChannelKind, SEVERITIES, type Severity } from '../core/alert/rule.ts';
import type { ChannelRate } from './channel.ts';

const address = z.email().max(320);
const header = z
  .string()
  .min(1)
  .max(4_096)
  .regex(/^[\x21-\x7e]+$/, 'visible ASCII characters only');
/** An address of a vendor's; plain http only to this machine. */
const vendorUrl = z
  .url({ protocol: /^https?$/ })
  .max(2_000)
  .refine((url) => /^https:/.test(url) || isLoopback(url), 'https is needed')
  .refine((url) => !hasCredentials(url), 'no user name or password');
const phone = z.string().regex(/^\+[1-9]\d{6,14}$/, 'a number like +14155550100');

const common = {
  /** Names the channel in rules and in the delivery log. */
  id: z.string().regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, 'small letters, digits, _ and -'),
  /** Which episodes it is told of when a rule does not name it; default by its kind. */
  severities: z.array(z.enum(SEVERITIES)).max(3).optional(),
};
const baseUrl = vendorUrl.optional().describe("Instead of the vendor's own address.");

const email = z.strictObject({
  ...common,
  kind: z.literal('email'),
  apiKey: header.regex(/^SG\./, "a SendGrid key, which begins with 'SG.'"),
  from: address,
  fromName: z.string().max(100).default('Dailies'),
  /** Everybody sees who else gets it. */
  to: z.array(address).min(1).max(100),
  /** Where SendGrid keeps the data. */
  region: z.enum(['global', 'eu']).default('global'),
  baseUrl,
});
const slack = z.strictObject({ ...common, kind: z.literal('slack'), url: vendorUrl });
const sms = z.strictObject({
  ...common,
  kind: z.literal('sms'),
  accountSid: z.string().regex(/^AC[0-9a-f]{32}$/, 'AC and 32 hexadecimal digits'),
  authToken: header,
  from: phone,
  /** One number a channel, so that one that fails is tried again alone. */
  to: phone,
  baseUrl,
});
const webhook = z.strictObject({
  ...common,
  kind: z.literal('webhook'),
  url: z
    .url({ protocol: /^https?$/ })
    .max(2_000)
    .refine((url) => !hasCredentials(url), 'no user name or password'),
  secret: z.string().refine(isWebhookSecret, "'whsec_' and 24 to 64 bytes in base64"),
});
const pagerduty = z.strictObject({
  ...common,
  kind: z.literal('pagerduty'),
  routingKey: z.string().regex(/^[0-9A-Za-z]{32}$/, '32 letters and digits'),
  baseUrl,
});

/** One channel of the secret ALERT_CHANNELS. */
export const channelSettingsSchema = z.discriminatedUnion('kind', [email, slack, sms, webhook, pagerduty]);
export type ChannelSettings = z.infer<typeof channelSettingsSchema>;
export type SettingsOf<Kind extends ChannelKind> = Extract<ChannelSettings, { kind: Kind }>;

/** What each kind is told of unless its settings say otherwise. */
export const DEFAULT_SEVERITIES: Record<ChannelKind, readonly Severity[]> = {
  email: ['critical', 'warning'],
  slack: ['critical', 'warning', 'info'],
  sms: ['critical'],
  webhook: ['critical', 'warning', 'info'],
  pagerduty: ['critical'],
};

/**
 * What the vendors allow one channel: Slack about one message a second for a webhook, PagerDuty 120 calls a minute for a routing key,
 * Twilio one message a second from a long code. SendGrid's limit (600 a minute) and that of a webhook are far above what alerts need.
 */
export const RATES: Record<ChannelKind, ChannelRate> = {
  email: { perSec: 10 },
  slack: { perSec: 1 },
  sms: { perSec: 1 },
  webhook: {},
  pagerduty: { perMin: 120 },
};

function isLoopback(url: string): boolean {
  return URL.canParse(url) && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(new URL(url).hostname);
}

function hasCredentials(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { username, password } = new URL(url);
  return username !== '' || password !== '';
}

function isWebhookSecret(secret: string): boolean {
  const [, key] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret) ?? [];
  const { length } = Buffer.from(key ?? '', 'base64');
  return length >= 24 && length <= 64;
}
