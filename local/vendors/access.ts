import type { IncomingMessage } from 'node:http';
import { GoogleError } from './google-errors.ts';

const UNAUTHENTICATED =
  'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid ' +
  'authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.';

/** Throws GoogleError 401 when a request does not carry an access token that is good now. */
export type AccessCheck = (request: IncomingMessage) => Promise<void>;

/**
 * Checks tokens with the stand-in that issues them (`{storageUrl}/tokeninfo`) and remembers them until they end.
 * Without a `storageUrl` any bearer token will do.
 */
export function createAccessCheck(storageUrl: string | undefined): AccessCheck {
  const endsAtMs = new Map<string, number>();
  return async (request) => {
    const token = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
    if (token === undefined) throw new GoogleError(401, UNAUTHENTICATED);
    // Real time: whoever holds a token renews it by real time, whatever the movable clock says.
    if (storageUrl === undefined || (endsAtMs.get(token) ?? 0) > Date.now()) return;
    endsAtMs.delete(token);
    const answer = await fetch(`${storageUrl}/tokeninfo?access_token=${encodeURIComponent(token)}`);
    const info = (await answer.json()) as { expires_in?: string };
    if (!answer.ok) throw new GoogleError(401, UNAUTHENTICATED);
    endsAtMs.set(token, Date.now() + Number(info.expires_in) * 1000);
  };
}
