import { createHmac, timingSafeEqual } from 'node:crypto';
import { WEBHOOK_PATH, WEBHOOK_SECRET } from './accounts.ts';
import { objectIn, retryAfter, type Vendor } from './vendor.ts';

const TOLERANCE_MS = 300_000;
const HEADWORDS: Record<string, string> = { 'alert.acknowledged': 'ACKNOWLEDGED', 'alert.resolved': 'RESOLVED' };

/** A receiver of webhooks, as somebody who follows Standard Webhooks writes it. */
export const receiver: Vendor = {
  maxBytes: 1024 * 1024,
  handles: (path) => path.startsWith('/webhooks/'),
  judge({ url, headers, body, nowMs }) {
    if (url.pathname !== WEBHOOK_PATH) return { refused: { status: 404, body: { error: 'no such webhook' } } };
    const id = headers['webhook-id'];
    const timestamp = headers['webhook-timestamp'];
    const signatures = headers['webhook-signature'];
    if (typeof id !== 'string' || typeof timestamp !== 'string' || typeof signatures !== 'string') {
      return { refused: { status: 401, body: { error: 'a signature header is missing' } } };
    }
    if (!(Math.abs(nowMs - Number(timestamp) * 1_000) <= TOLERANCE_MS)) {
      return { refused: { status: 401, body: { error: 'the timestamp is too old or too new' } } };
    }
    if (!signatures.split(' ').some((signature) => isOurs(signature, `${id}.${timestamp}.${body}`))) {
      return { refused: { status: 401, body: { error: 'no signature matches' } } };
    }
    const message = objectIn(body);
    if (!message) return { refused: { status: 400, body: { error: 'not a JSON object' } } };
    const { type, severity, title, test } = message;
    const headword = test === true ? 'TEST' : (HEADWORDS[String(type)] ?? String(severity).toUpperCase());
    return {
      arrival: { kind: 'webhook', to: url.pathname, headword, title: String(title), key: id, content: message },
      answer: { status: 200, body: { received: true } },
    };
  },
  refusal: (fault) => ({
    status: fault.status,
    body: { error: fault.message ?? 'scripted' },
    headers: { ...retryAfter(fault), ...(fault.status < 400 && { Location: '/webhooks/elsewhere' }) },
  }),
};

function isOurs(signature: string, signed: string): boolean {
  const key = Buffer.from(WEBHOOK_SECRET.slice('whsec_'.length), 'base64');
  const expected = Buffer.from(`v1,${createHmac('sha256', key).update(signed).digest('base64')}`);
  const given = Buffer.from(signature);
  return given.length === expected.length && timingSafeEqual(given, expected);
}
