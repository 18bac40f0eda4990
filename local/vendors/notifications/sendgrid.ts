import { randomUUID } from 'node:crypto';
import { SENDGRID_KEY } from './accounts.ts';
import { type Answer, isObject, objectIn, retryAfter, titleIn, type Vendor } from './vendor.ts';

// https://www.twilio.com/docs/sendgrid/api-reference/mail-send/limitations
const MAX_RECIPIENTS = 1_000;
const MAX_CUSTOM_ARGS_BYTES = 10_000;
const RESERVED_HEADERS = new Set([
  ...['x-sg-id', 'x-sg-eid', 'received', 'dkim-signature', 'content-type', 'content-transfer-encoding'],
  ...['to', 'from', 'subject', 'reply-to', 'cc', 'bcc'],
]);
const ADDRESS = /^[^\s@<>"]+@[^\s@<>"]+\.[^\s@<>"]+$/;

/** SendGrid's v3 Mail Send. */
export const sendgrid: Vendor = {
  maxBytes: 30 * 1024 * 1024,
  handles: (path) => path === '/v3/mail/send',
  judge({ headers, body }) {
    if (headers.authorization !== `Bearer ${SENDGRID_KEY}`) {
      return { refused: errors(401, 'The provided authorization grant is invalid, expired, or revoked') };
    }
    const mail = objectIn(body);
    if (!mail) return { refused: errors(400, 'Bad Request') };
    const wrong = problemsOf(mail);
    if (wrong.length > 0) return { refused: { status: 400, body: { errors: wrong } } };
    const subject = String(mail.subject);
    const key = isObject(mail.custom_args) ? mail.custom_args.messageId : undefined;
    return {
      arrival: {
        ...{ kind: 'email', to: recipientsOf(mail).join(', '), ...titleIn(subject) },
        ...{ key: typeof key === 'string' ? key : undefined, content: mail },
      },
      answer: { status: 202, headers: { 'X-Message-Id': randomUUID() } },
    };
  },
  refusal(fault, nowMs) {
    const { status, message = status === 429 ? 'too many requests' : 'Internal error' } = fault;
    const resetAt = Math.ceil(nowMs / 1_000) + (fault.retryAfterSec ?? 60);
    // SendGrid has no Retry-After: it says in which second the limit begins anew.
    const limits = { 'X-RateLimit-Limit': '600', 'X-RateLimit-Remaining': '0', 'X-RateLimit-Reset': String(resetAt) };
    const headers = status === 429 ? limits : retryAfter(fault);
    return { ...errors(status, message), headers };
  },
};

interface Problem {
  message: string;
  field: string;
  help: null;
}

function problemsOf(mail: Record<string, unknown>): Problem[] {
  const wrong: Problem[] = [];
  const refuse = (field: string, message: string) => wrong.push({ message, field, help: null });
  const recipients = recipientsOf(mail);
  if (recipients.length === 0)
    refuse('personalizations', 'The personalizations field is required and must have at least one personalization.');
  if (recipients.length > MAX_RECIPIENTS) refuse('personalizations', 'There are too many recipients.');
  if (recipients.some((address) => !ADDRESS.test(address)))
    refuse('personalizations.0.to.0.email', 'Does not contain a valid address.');
  if (new Set(recipients).size < recipients.length)
    refuse(
      'personalizations',
      'Each email address in the personalization block should be unique between to, cc, and bcc.',
    );
  if (!isObject(mail.from) || !ADDRESS.test(String(mail.from.email)))
    refuse('from.email', 'The from email does not contain a valid address.');
  if (typeof mail.subject !== 'string' || mail.subject === '') refuse('subject', 'The subject is required.');
  else if (/[\r\n]/.test(mail.subject)) refuse('subject', 'The subject must not contain line breaks.');
  const content = Array.isArray(mail.content) ? mail.content.filter(isObject) : [];
  const types = content.map(({ type }) => type);
  if (content.length === 0) refuse('content', 'The content value must be a string at least one character in length.');
  if (content.some(({ value }) => typeof value !== 'string' || value === ''))
    refuse('content.0.value', 'The content value must be a string at least one character in length.');
  if (types.includes('text/plain') && types[0] !== 'text/plain')
    refuse('content', "If present, 'text/plain' must be the first content type.");
  for (const name of Object.keys(isObject(mail.headers) ? mail.headers : {})) {
    if (RESERVED_HEADERS.has(name.toLowerCase())) refuse(`headers.${name}`, 'The header is reserved.');
  }
  if (Buffer.byteLength(JSON.stringify(mail.custom_args ?? {})) > MAX_CUSTOM_ARGS_BYTES)
    refuse('custom_args', 'The custom args are too large.');
  return wrong;
}

function recipientsOf({ personalizations }: Record<string, unknown>): string[] {
  const each = Array.isArray(personalizations) ? personalizations.filter(isObject) : [];
  return each
    .flatMap(({ to }) => (Array.isArray(to) ? to : [to]))
    .map((one) => String(isObject(one) ? one.email : one));
}

function errors(status: number, message: string): Answer {
  return { status, body: { errors: [{ message, field: null, help: null }] } };
}
