import type { LookupAddress } from 'node:dns';
import { lookup as systemLookup } from 'node:dns/promises';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP } from 'node:net';
import { isPublicAddress } from './addresses.ts';

/** An address to which nothing may be sent. */
export class RefusedAddress extends Error {
  override name = 'RefusedAddress';
}

/** All addresses of a host name. */
export type Resolve = (host: string) => Promise<LookupAddress[]>;

export interface Post {
  url: string;
  headers: Record<string, string>;
  body: string;
  timeoutMs: number;
  /** True: also plain http, and private and loopback addresses. */
  allowPrivate: boolean;
  /** The system's resolver unless a test has its own. */
  resolve?: Resolve;
}

/**
 * Posts to an address that somebody else chose, and answers the status; what the answer says is not read, a redirect is not followed.
 * The name is resolved once, all its addresses are checked, and the connection goes to one that was: a second answer of the resolver
 * changes nothing. Throws RefusedAddress, and the connection's own errors.
 */
export async function post(options: Post): Promise<{ status: number; retryAfter: string | undefined }> {
  const { headers, body, timeoutMs, allowPrivate } = options;
  const url = new URL(options.url);
  if (url.protocol !== 'https:' && !allowPrivate) throw new RefusedAddress('only https addresses may be called');
  const signal = AbortSignal.timeout(timeoutMs);
  const checked = await Promise.race([checkedAddress(url.hostname, options), abortOf(signal)]);
  const request = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const call = request(
      url,
      {
        method: 'POST',
        headers: { ...headers, 'Content-Length': Buffer.byteLength(body) },
        agent: false,
        signal,
        lookup: (_host, { all }, answer) =>
          all ? answer(null, [checked]) : answer(null, checked.address, checked.family),
      },
      (answer) => {
        resolve({ status: answer.statusCode ?? 0, retryAfter: answer.headers['retry-after'] });
        answer.destroy();
      },
    );
    // Nothing that was asked for, and the end of HTTP on this connection: without a listener nothing would ever come of it.
    call.on('upgrade', ({ statusCode = 0 }, socket) => {
      resolve({ status: statusCode, retryAfter: undefined });
      socket.destroy();
    });
    call.on('error', (error) => reject(signal.aborted ? signal.reason : error));
    call.end(body);
  });
}

/** Rejects when the time is up: a resolver knows no signal. */
function abortOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));
}

async function checkedAddress(
  hostname: string,
  { allowPrivate, resolve = systemResolve }: Post,
): Promise<LookupAddress> {
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  const literal = isIP(host);
  const addresses = literal ? [{ address: host, family: literal }] : await resolve(host);
  const [first] = addresses;
  if (!first) throw new RefusedAddress('the host has no address');
  if (!allowPrivate && !addresses.every(({ address }) => isPublicAddress(address))) {
    throw new RefusedAddress('the host has a private, loopback, link-local or reserved address');
  }
  return first;
}

const systemResolve: Resolve = (host) => systemLookup(host, { all: true });
