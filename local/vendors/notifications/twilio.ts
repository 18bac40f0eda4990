import { randomBytes } from 'node:crypto';
import { TWILIO_SID, TWILIO_TOKEN } from './accounts.ts';
import { type Answer, retryAfter, titleIn, type Vendor } from './vendor.ts';

const MAX_BODY = 1_600;
const NUMBER = /^\+[1-9]\d{6,14}$/;
const PATH = /^\/2010-04-01\/Accounts\/([^/]+)\/Messages\.json$/;
const CREDENTIALS = `Basic ${Buffer.from(`${TWILIO_SID}:${TWILIO_TOKEN}`).toString('base64')}`;
const CODES: Record<number, number> = { 429: 20_429, 500: 20_500, 503: 20_503 };

/** Twilio's Messages resource. */
export const twilio: Vendor = {
  maxBytes: 64 * 1024,
  handles: (path) => PATH.test(path),
  judge({ url, headers, body, nowMs }) {
    const account = PATH.exec(url.pathname)?.[1];
    if (headers.authorization !== CREDENTIALS || account !== TWILIO_SID)
      return { refused: error(401, 20_003, 'Authenticate') };
    const form = new URLSearchParams(body);
    const [to, from, text] = [form.get('To') ?? '', form.get('From') ?? '', form.get('Body') ?? ''];
    if (!NUMBER.test(to)) return { refused: error(400, 21_211, `Invalid 'To' Phone Number: ${to}`) };
    if (!NUMBER.test(from)) return { refused: error(400, 21_212, `Invalid From Number: ${from}`) };
    if (text === '') return { refused: error(400, 21_602, 'Message body is required.') };
    if (text.length > MAX_BODY)
      return { refused: error(400, 21_617, 'The concatenated message body exceeds the 1600 character limit.') };
    const validitySec = Number(form.get('ValidityPeriod') ?? 36_000);
    if (!(validitySec >= 1 && validitySec <= 36_000))
      return { refused: error(400, 21_623, 'ValidityPeriod is out of range.') };
    const sid = `SM${randomBytes(16).toString('hex')}`;
    const created = {
      ...{ sid, account_sid: TWILIO_SID, to, from, body: text, status: 'queued', direction: 'outbound-api' },
      ...{ date_created: new Date(nowMs).toUTCString(), error_code: null, error_message: null, num_media: '0' },
    };
    const content = { to, from, body: text };
    return {
      arrival: { kind: 'sms', to, ...titleIn(text), key: undefined, content },
      answer: { status: 201, body: created },
    };
  },
  refusal(fault) {
    const { status, message = status === 429 ? 'Too Many Requests' : 'Internal Server Error' } = fault;
    const code = Number(fault.code ?? CODES[status] ?? 20_001);
    return { ...error(status, code, message), headers: retryAfter(fault) };
  },
};

function error(status: number, code: number, message: string): Answer {
  return { status, body: { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status } };
}
