import type { IncomingMessage, ServerResponse } from 'node:http';
import { readText, sendJson } from './http.ts';
import type { Identity } from './identity.ts';

/**
 * Answers what sts.googleapis.com, iamcredentials.googleapis.com and oauth2.googleapis.com answer for the local account.
 * Returns false when the request is for none of them.
 */
export async function answerIdentity(
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  identity: Identity,
): Promise<boolean> {
  const route = `${request.method} ${url.pathname}`;
  const account = `POST /v1/projects/-/serviceAccounts/${identity.email}`;
  if (route === 'POST /token') await exchangeToken(request, response, identity);
  else if (route === 'GET /tokeninfo') describeToken(response, url, identity);
  else if (route === `${account}:generateAccessToken`) generateAccessToken(request, response, identity);
  else if (route === `${account}:signBlob`) await signBlob(request, response, identity);
  else return false;
  return true;
}

/** https://cloud.google.com/iam/docs/reference/sts/rest/v1/TopLevel/token */
async function exchangeToken(request: IncomingMessage, response: ServerResponse, identity: Identity): Promise<void> {
  const form = new URLSearchParams(await readText(request));
  if (form.get('grant_type') !== 'urn:ietf:params:oauth:grant-type:token-exchange') {
    sendJson(response, 400, { error: 'unsupported_grant_type', error_description: 'Unsupported grant type' });
  } else if (!identity.isSubjectToken(form.get('subject_token') ?? '')) {
    sendJson(response, 400, { error: 'invalid_grant', error_description: 'The subject token is not valid' });
  } else {
    const { accessToken, expiresInSec } = identity.issueToken();
    sendJson(response, 200, {
      access_token: accessToken,
      issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      token_type: 'Bearer',
      expires_in: expiresInSec,
    });
  }
}

/** https://cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts/generateAccessToken */
function generateAccessToken(request: IncomingMessage, response: ServerResponse, identity: Identity): void {
  if (!isAuthorized(request, identity)) {
    sendUnauthenticated(response);
    return;
  }
  const { accessToken, expiresAtMs } = identity.issueToken();
  sendJson(response, 200, { accessToken, expireTime: new Date(expiresAtMs).toISOString() });
}

/** https://cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts/signBlob */
async function signBlob(request: IncomingMessage, response: ServerResponse, identity: Identity): Promise<void> {
  if (!isAuthorized(request, identity)) {
    sendUnauthenticated(response);
    return;
  }
  const { payload } = JSON.parse(await readText(request)) as { payload?: unknown };
  if (typeof payload !== 'string') {
    sendJson(response, 400, { error: { code: 400, message: 'payload is missing', status: 'INVALID_ARGUMENT' } });
    return;
  }
  const signature = await identity.sign(Buffer.from(payload, 'base64'));
  sendJson(response, 200, { keyId: 'local', signedBlob: signature.toString('base64') });
}

/** https://developers.google.com/identity/protocols/oauth2: what an access token is worth, for other local servers. */
function describeToken(response: ServerResponse, url: URL, identity: Identity): void {
  const expiresInSec = identity.tokenExpiresInSec(url.searchParams.get('access_token') ?? '');
  if (expiresInSec === undefined) {
    sendJson(response, 400, { error: 'invalid_token', error_description: 'Invalid Value' });
  } else {
    sendJson(response, 200, { email: identity.email, expires_in: String(expiresInSec), access_type: 'online' });
  }
}

function isAuthorized(request: IncomingMessage, identity: Identity): boolean {
  const token = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  return token !== undefined && identity.tokenExpiresInSec(token) !== undefined;
}

function sendUnauthenticated(response: ServerResponse): void {
  const message = 'Request had invalid authentication credentials.';
  sendJson(response, 401, { error: { code: 401, message, status: 'UNAUTHENTICATED' } });
}
