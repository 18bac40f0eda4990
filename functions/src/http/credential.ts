import { AppError } from '../core/errors.ts';
import type { Credential } from '../features/access/index.ts';

/**
 * What a request says about who sends it: `Authorization: Bearer`, with an ID token or an API key, or `X-API-Key`.
 * Undefined when it says nothing. Throws `unauthenticated` for what is neither.
 */
export function credentialOf(header: (name: string) => string | undefined): Credential | undefined {
  const authorization = header('authorization');
  const apiKey = header('x-api-key');
  if (authorization !== undefined && apiKey !== undefined) {
    throw new AppError('unauthenticated', 'Send either Authorization or X-API-Key, not both.');
  }
  if (apiKey !== undefined) return { kind: 'api_key', text: apiKey };
  if (authorization === undefined) return undefined;
  const [scheme, text] = authorization.split(' ');
  if (scheme?.toLowerCase() !== 'bearer' || !text) throw signInFirst();
  return { kind: text.startsWith('dly_') ? 'api_key' : 'id_token', text };
}

/** The refusal of somebody who did not say who they are. */
export function signInFirst(): AppError {
  return new AppError('unauthenticated', 'Send a Firebase ID token or an API key: "Authorization: Bearer …".');
}
