import type { MovableClock } from '../../../local/clock.ts';
import { MovableClock as Clock } from '../../../local/clock.ts';
import { localChannels } from '../../../local/vendors/notifications/accounts.ts';
import type { Incident, Received } from '../../../local/vendors/notifications/inbox.ts';
import { startVendors } from '../../../local/vendors/server.ts';
import type { Channel } from '../../src/channels/channel.ts';
import { emailChannel } from '../../src/channels/email/send.ts';
import { pagerdutyChannel } from '../../src/channels/pagerduty/send.ts';
import { type ChannelSettings, channelSettingsSchema } from '../../src/channels/settings.ts';
import { slackChannel } from '../../src/channels/slack/send.ts';
import { smsChannel } from '../../src/channels/sms/send.ts';
import { webhookChannel } from '../../src/channels/webhook/send.ts';
import type { ChannelKind } from '../../src/core/alert/rule.ts';

/** The vendors' stand-ins in real time, and a channel of each kind that leads to them. */
export interface StandIn {
  url: string;
  clock: MovableClock;
  channel(kind: ChannelKind, changes?: object, timeoutMs?: number): Channel;
  script(vendor: string, ...rules: object[]): Promise<void>;
  inbox(): Promise<{ total: number; messages: Received[]; incidents: Incident[] }>;
  /** Empties the inbox and takes back all scripts. */
  reset(): Promise<void>;
  stop(): Promise<void>;
}

export const VENDORS = ['sendgrid', 'slack', 'twilio', 'pagerduty', 'webhook'];

export async function startStandIn(): Promise<StandIn> {
  const allowed = process.env.WEBHOOK_ALLOW_PRIVATE;
  process.env.WEBHOOK_ALLOW_PRIVATE = 'true';
  const clock = new Clock();
  const vendors = await startVendors({ projectId: 'demo-channels', clock });
  const at = (path: string) => `${vendors.url}/__vendors/${path}`;
  return {
    url: vendors.url,
    clock,
    channel(kind, changes = {}, timeoutMs = 5_000) {
      const settings = localChannels(vendors.url).find((each) => each.kind === kind);
      return opened(channelSettingsSchema.parse(JSON.parse(JSON.stringify({ ...settings, ...changes }))), timeoutMs);
    },
    async script(vendor, ...rules) {
      const { ok, status } = await fetch(at(`${vendor}/script`), { method: 'POST', body: JSON.stringify(rules) });
      if (!ok) throw new Error(`the script was refused with ${status}`);
    },
    inbox: async () => (await (await fetch(at('inbox'))).json()) as Awaited<ReturnType<StandIn['inbox']>>,
    async reset() {
      for (const path of ['inbox', ...VENDORS.map((vendor) => `${vendor}/script`)]) {
        await fetch(at(path), { method: 'DELETE' });
      }
    },
    async stop() {
      if (allowed === undefined) delete process.env.WEBHOOK_ALLOW_PRIVATE;
      else process.env.WEBHOOK_ALLOW_PRIVATE = allowed;
      await vendors.stop();
      clock.stop();
    },
  };
}

function opened(settings: ChannelSettings, timeoutMs: number): Channel {
  switch (settings.kind) {
    case 'email':
      return emailChannel(settings, timeoutMs);
    case 'slack':
      return slackChannel(settings, timeoutMs);
    case 'sms':
      return smsChannel(settings, timeoutMs);
    case 'webhook':
      return webhookChannel(settings, { timeoutMs });
    case 'pagerduty':
      return pagerdutyChannel(settings, timeoutMs);
  }
}
