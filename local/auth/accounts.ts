/** A signed-in user. */
export interface SignedIn {
  /** Firebase ID token, good for an hour. */
  idToken: string;
  refreshToken: string;
  uid: string;
}

/** Signs in at the Auth emulator at `authHost` (`127.0.0.1:PORT`). Throws Error with the emulator's code, such as INVALID_LOGIN_CREDENTIALS. */
export async function signIn(authHost: string, email: string, password: string): Promise<SignedIn> {
  const url = `http://${authHost}/identitytoolkit.googleapis.com/v1/accounts:signInWithPassword?key=local`;
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ email, password, returnSecureToken: true }),
  });
  const body = (await answer.json()) as {
    idToken: string;
    refreshToken: string;
    localId: string;
    error?: { message: string };
  };
  if (!answer.ok) throw new Error(`signing in as ${email} failed: ${body.error?.message ?? answer.status}`);
  return { idToken: body.idToken, refreshToken: body.refreshToken, uid: body.localId };
}
