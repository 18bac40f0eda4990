const KEY = 'dailies.session';

let session = JSON.parse(sessionStorage.getItem(KEY) ?? 'null');

/** The email of whoever is signed in, or undefined. */
export const signedInAs = () => session?.email;

/** Signs in through Firebase Auth's REST API, at the place that Hosting names. */
export async function signIn(email, password) {
  const { apiKey, authEmulatorHost } = await (await fetch('/__/firebase/init.json')).json();
  const origin = authEmulatorHost
    ? `http://${authEmulatorHost}/identitytoolkit.googleapis.com`
    : 'https://identitytoolkit.googleapis.com';
  const answer = await fetch(`${origin}/v1/accounts:signInWithPassword?key=${apiKey}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ email, password, returnSecureToken: true }),
  });
  if (!answer.ok) throw new Error('That email and password do not belong together.');
  const { idToken } = await answer.json();
  session = { email, idToken };
  sessionStorage.setItem(KEY, JSON.stringify(session));
}

export function signOut() {
  session = null;
  sessionStorage.removeItem(KEY);
}

/** Calls the API; throws an Error that says what was refused and where. */
export async function call(method, path, body, headers = {}) {
  const answer = await fetch(`/api/v1${path}`, {
    method,
    headers: {
      Authorization: `Bearer ${session.idToken}`,
      ...(body && { 'Content-Type': 'application/json' }),
      ...headers,
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  const result = await answer.json();
  if (answer.ok) return result;
  if (answer.status === 401) signOut();
  const where = (result.errors ?? []).map((error) => `${error.path}: ${error.message}`).join('; ');
  throw new Error(`${result.detail}${where && ` (${where})`} Request ${result.requestId}`);
}
