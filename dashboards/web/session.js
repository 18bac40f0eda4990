const KEY = 'dailies.session';
const RENEW_BEFORE_MS = 60_000;
const WRONG_CREDENTIALS = ['INVALID_LOGIN_CREDENTIALS', 'INVALID_PASSWORD', 'EMAIL_NOT_FOUND', 'INVALID_EMAIL'];

let session = JSON.parse(sessionStorage.getItem(KEY) ?? 'null');
let renewing;

/** There is no session, or no longer the one for which the call was made. */
export class SignedOut extends Error {}

/** The email of whoever is signed in, or undefined. */
export const signedInAs = () => session?.email;

/** Signs in through Firebase Auth's REST API, at the place that Hosting names. */
export async function signIn(email, password) {
  const answer = await fetch(await authUrl('identitytoolkit.googleapis.com', 'accounts:signInWithPassword'), {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ email, password, returnSecureToken: true }),
  });
  const { idToken, refreshToken, expiresIn, error } = await answer.json();
  if (!answer.ok) {
    throw new Error(
      WRONG_CREDENTIALS.includes(error?.message)
        ? 'That email and password do not belong together.'
        : `Signing in failed: ${error?.message ?? answer.status}`,
    );
  }
  session = { email };
  keep(idToken, refreshToken, expiresIn);
}

/** Forgets who was signed in and sends `signed-out` to the document, with the reason if it was not the user's wish. */
export function signOut(reason) {
  session = null;
  sessionStorage.removeItem(KEY);
  document.dispatchEvent(new CustomEvent('signed-out', { detail: reason }));
}

/** Calls the API. Throws SignedOut when the session is over, or an Error that says what was refused and where. */
export async function call(method, path, body, headers = {}) {
  if (!session) throw new SignedOut();
  const asked = session;
  const idToken = await freshIdToken();
  const answer = await fetch(`/api/v1${path}`, {
    method,
    headers: {
      Authorization: `Bearer ${idToken}`,
      ...(body && { 'Content-Type': 'application/json' }),
      ...headers,
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  const result = await answer.json();
  if (asked !== session) throw new SignedOut();
  if (answer.ok) return result;
  if (answer.status === 401) endSession();
  const where = (result.errors ?? []).map((error) => `${error.path}: ${error.message}`).join('; ');
  throw new Error(`${result.detail}${where && ` (${where})`} Request ${result.requestId}`);
}

/** The ID token, renewed when it is about to expire; calls at the same time share one renewal. */
async function freshIdToken() {
  if (session.expiresAtMs - Date.now() < RENEW_BEFORE_MS) {
    renewing ??= renew().finally(() => {
      renewing = undefined;
    });
    await renewing;
  }
  return session.idToken;
}

async function renew() {
  const asked = session;
  const answer = await fetch(await authUrl('securetoken.googleapis.com', 'token'), {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: session.refreshToken }),
  });
  if (asked !== session) throw new SignedOut();
  if (answer.status >= 500) throw new Error('The session cannot be renewed right now.');
  if (!answer.ok) endSession();
  const { id_token, refresh_token, expires_in } = await answer.json();
  if (asked !== session) throw new SignedOut();
  keep(id_token, refresh_token, expires_in);
}

function endSession() {
  signOut('Your session is over. Please sign in again.');
  throw new SignedOut();
}

function keep(idToken, refreshToken, expiresInSec) {
  Object.assign(session, { idToken, refreshToken, expiresAtMs: Date.now() + Number(expiresInSec) * 1_000 });
  sessionStorage.setItem(KEY, JSON.stringify(session));
}

/** Where an API of Firebase Auth is: at Google, or where the local host says. */
async function authUrl(api, method) {
  const answer = await fetch('/__/firebase/init.json');
  // What is no JSON is no configuration either, and is answered as such.
  const { apiKey, authEmulatorHost } = answer.ok ? await answer.json().catch(() => ({})) : {};
  if (!apiKey) throw new Error('This site does not know its Firebase project, so nobody can sign in.');
  const origin = authEmulatorHost ? `http://${authEmulatorHost}/${api}` : `https://${api}`;
  return `${origin}/v1/${method}?key=${apiKey}`;
}
