import { ALERT_CHANNELS } from '../params.ts';
import { logOf } from '../platform/logs.ts';
import type { Channel, ChannelInfo, Delivery } from './channel.ts';
import { type Parsed, parseChannels } from './parse.ts';
import { type ChannelSettings, DEFAULT_SEVERITIES, RATES } from './settings.ts';

export type { Channel, ChannelInfo, ChannelRate, Delivery } from './channel.ts';

const log = logOf('channels');

let latest: { json: string; parsed: Parsed } | undefined;

/** The channels of the secret ALERT_CHANNELS that can be used, without their secrets; in the order in which they stand there. */
export function channels(): ChannelInfo[] {
  return read().settings.map(({ id, kind, severities }) => ({
    ...{ id, kind },
    severities: severities ?? DEFAULT_SEVERITIES[kind],
    rate: RATES[kind],
  }));
}

/** What is wrong with the secret ALERT_CHANNELS, a line each; no secret is in it. */
export function channelProblems(): readonly string[] {
  return read().problems;
}

/** The channel to send through; one that does not exist refuses everything. Vendors' clients are loaded when it first sends. */
export function channelById(id: string): Channel {
  const settings = read().settings.find((each) => each.id === id);
  if (!settings) return { send: async () => UNKNOWN, sendTest: async () => UNKNOWN };
  return {
    send: async (message) => (await open(settings)).send(message),
    sendTest: async (message) => (await open(settings)).sendTest({ ...message, test: true }),
  };
}

const UNKNOWN: Delivery = {
  ...{ ok: false, retry: false, uncertain: false, code: 'no_such_channel' },
  message: 'There is no such channel, or its settings have a mistake.',
};

async function open(settings: ChannelSettings): Promise<Channel> {
  switch (settings.kind) {
    case 'email':
      return (await import('./email/send.ts')).emailChannel(settings);
    case 'slack':
      return (await import('./slack/send.ts')).slackChannel(settings);
    case 'sms':
      return (await import('./sms/send.ts')).smsChannel(settings);
    case 'webhook':
      return (await import('./webhook/send.ts')).webhookChannel(settings);
    case 'pagerduty':
      return (await import('./pagerduty/send.ts')).pagerdutyChannel(settings);
  }
}

function read(): Parsed {
  const json = ALERT_CHANNELS.value();
  if (latest?.json !== json) {
    latest = { json, parsed: parseChannels(json) };
    for (const problem of latest.parsed.problems) log.warn('a channel cannot be used', { problem });
  }
  return latest.parsed;
}
