/** What the stand-ins take for good credentials; they open nothing anywhere else. */
export const SENDGRID_KEY = 'SG.local-stand-in.no-real-key';
export const SLACK_PATH = '/slack/services/T0LOCAL/B0LOCAL/stand-in';
export const TWILIO_SID = `AC${'0'.repeat(32)}`;
export const TWILIO_TOKEN = 'local-stand-in-token';
export const PAGERDUTY_KEY = 'localstandin00000000000000000000';
export const WEBHOOK_PATH = '/webhooks/team';
export const WEBHOOK_SECRET = `whsec_${Buffer.from('local stand-in, no secret at all').toString('base64')}`;

/** A channel of each kind, all of which lead to the stand-ins: the value of ALERT_CHANNELS for a local stack. */
export function localChannels(vendorsUrl: string) {
  return [
    {
      ...{ id: 'team-email', kind: 'email', apiKey: SENDGRID_KEY, from: 'alerts@dailies.example', baseUrl: vendorsUrl },
      to: ['team@dailies.example'],
    },
    { id: 'team-slack', kind: 'slack', url: `${vendorsUrl}${SLACK_PATH}` },
    {
      ...{ id: 'oncall-sms', kind: 'sms', accountSid: TWILIO_SID, authToken: TWILIO_TOKEN, baseUrl: vendorsUrl },
      ...{ from: '+15005550006', to: '+14155550100' },
    },
    { id: 'oncall-pagerduty', kind: 'pagerduty', routingKey: PAGERDUTY_KEY, baseUrl: vendorsUrl },
    { id: 'team-webhook', kind: 'webhook', url: `${vendorsUrl}${WEBHOOK_PATH}`, secret: WEBHOOK_SECRET },
  ];
}
