import { createHash, createVerify, type KeyObject } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { XmlError } from './errors.ts';

const ALGORITHM = 'GOOG4-RSA-SHA256';
const MAX_EXPIRES_SEC = 7 * 24 * 3600;
/** A signer's clock may be this far ahead of Cloud Storage's. */
const MAX_SKEW_MS = 15 * 60 * 1000;

/** Whoever may sign URLs. */
export interface Signer {
  email: string;
  publicKey: KeyObject;
}

/** True when the query claims a V4 signature. */
export function isSigned(query: URLSearchParams): boolean {
  return query.has('X-Goog-Signature') || query.has('X-Goog-Algorithm');
}

/**
 * Checks the V4 signature of a request as Cloud Storage does, against `nowMs`. A URL signed for GET serves HEAD too.
 * Throws XmlError 400 when expired or malformed, 403 when the signature is not the signer's.
 * https://cloud.google.com/storage/docs/authentication/canonical-requests
 */
export function verifySignedUrl(request: IncomingMessage, signer: Signer, nowMs: number): void {
  const { pathname, search } = splitTarget(request.url ?? '');
  const query = new URLSearchParams(search);
  const [email, ...scope] = required(query, 'X-Goog-Credential').split('/');
  const date = required(query, 'X-Goog-Date');
  const signatureHex = required(query, 'X-Goog-Signature');
  const signedHeaders = required(query, 'X-Goog-SignedHeaders');
  if (!/^(?:[0-9a-f]{2})+$/.test(signatureHex)) throw invalidArgument('X-Goog-Signature is not hexadecimal.');
  if (required(query, 'X-Goog-Algorithm') !== ALGORITHM) throw invalidArgument(`The algorithm must be ${ALGORITHM}.`);
  checkTimes(date, required(query, 'X-Goog-Expires'), nowMs);
  if (email !== signer.email)
    throw new XmlError(403, 'InvalidSecurity', 'The provided security credentials are not valid.');

  const methods = request.method === 'HEAD' ? ['HEAD', 'GET'] : [request.method ?? 'GET'];
  const texts = methods.map((method) => {
    const canonicalRequest = [
      method,
      pathname,
      canonicalQuery(query),
      canonicalHeaders(request, signedHeaders),
      signedHeaders,
      request.headers['x-goog-content-sha256'] ?? 'UNSIGNED-PAYLOAD',
    ].join('\n');
    const stringToSign = [ALGORITHM, date, scope.join('/'), sha256Hex(canonicalRequest)].join('\n');
    return { canonicalRequest, stringToSign };
  });
  const signature = Buffer.from(signatureHex, 'hex');
  const verifies = (text: string) => createVerify('RSA-SHA256').update(text).verify(signer.publicKey, signature);
  if (texts.some(({ stringToSign }) => verifies(stringToSign))) return;
  const { canonicalRequest = '', stringToSign = '' } = texts.at(-1) ?? {};
  throw new XmlError(403, 'SignatureDoesNotMatch', 'Access denied.', {
    Details: 'The request signature we calculated does not match the signature you provided.',
    StringToSign: stringToSign,
    CanonicalRequest: canonicalRequest,
  });
}

/** The path as it was sent (not normalised: the signature covers its bytes) and the query. */
export function splitTarget(target: string): { pathname: string; search: string } {
  const at = target.indexOf('?');
  return at < 0 ? { pathname: target, search: '' } : { pathname: target.slice(0, at), search: target.slice(at + 1) };
}

function checkTimes(date: string, expires: string, nowMs: number): void {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date);
  if (!match) throw invalidArgument('X-Goog-Date is not an ISO 8601 basic date.');
  const [, year, month, day, hour, minute, second] = match.map(Number) as [
    0,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const signedAtMs = Date.UTC(year, month - 1, day, hour, minute, second);
  const expiresSec = /^\d{1,7}$/.test(expires) ? Number(expires) : Number.NaN;
  if (!(expiresSec >= 1 && expiresSec <= MAX_EXPIRES_SEC)) {
    throw invalidArgument(`X-Goog-Expires must be between 1 and ${MAX_EXPIRES_SEC}.`);
  }
  if (signedAtMs > nowMs + MAX_SKEW_MS) {
    throw new XmlError(403, 'RequestTimeTooSkewed', 'The request is signed for a time that has not come.');
  }
  const expiresAtMs = signedAtMs + expiresSec * 1000;
  if (nowMs > expiresAtMs) {
    throw new XmlError(400, 'ExpiredToken', 'Invalid argument.', {
      Details: `The provided token has expired. Request signature expired at: ${new Date(expiresAtMs).toISOString()}`,
    });
  }
}

function canonicalQuery(query: URLSearchParams): string {
  return [...query]
    .filter(([key]) => key !== 'X-Goog-Signature')
    .map(([key, value]) => [percentEncode(key), percentEncode(value)] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${value}`)
    .join('&');
}

function canonicalHeaders(request: IncomingMessage, signedHeaders: string): string {
  return signedHeaders
    .split(';')
    .map((name) => {
      // Google's clients sign the host without its port; there is never one in production.
      const value = name === 'host' ? request.headers.host?.replace(/:\d+$/, '') : String(request.headers[name] ?? '');
      return `${name}:${value?.trim().replace(/\s{2,}/g, ' ')}\n`;
    })
    .join('');
}

function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

function required(query: URLSearchParams, name: string): string {
  const value = query.get(name);
  if (!value) throw invalidArgument(`The query parameter ${name} is missing.`);
  return value;
}

function invalidArgument(details: string): XmlError {
  return new XmlError(400, 'InvalidArgument', 'Invalid argument.', { Details: details });
}

function sha256Hex(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
