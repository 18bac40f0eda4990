/** An account of the local stack; role and premium become custom claims. */
export interface Account {
  uid: string;
  email: string;
  password: string;
  displayName?: string;
  role?: 'admin' | 'analyst' | 'ingest';
  premium?: boolean;
}

const ALREADY_THERE = ['DUPLICATE_LOCAL_ID', 'EMAIL_EXISTS'];

/** Creates an account at the Auth emulator, or leaves the one that is there; sets its claims in both cases. */
export async function createAccount(authHost: string, projectId: string, account: Account): Promise<void> {
  const { uid, email, password, displayName, role, premium } = account;
  const created = await asOwner(authHost, projectId, 'accounts', { localId: uid, email, password, displayName });
  if (created.error && !ALREADY_THERE.some((code) => created.error?.startsWith(code))) {
    throw new Error(`creating ${email} failed: ${created.error}`);
  }
  if (role === undefined && premium === undefined) return;
  const customAttributes = JSON.stringify({ ...(role && { role }), ...(premium !== undefined && { premium }) });
  const claimed = await asOwner(authHost, projectId, 'accounts:update', { localId: uid, customAttributes });
  if (claimed.error) throw new Error(`setting the claims of ${email} failed: ${claimed.error}`);
}

async function asOwner(authHost: string, projectId: string, path: string, body: object): Promise<{ error?: string }> {
  const answer = await fetch(`http://${authHost}/identitytoolkit.googleapis.com/v1/projects/${projectId}/${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: 'Bearer owner' },
    body: JSON.stringify(body),
  });
  if (answer.ok) return {};
  const { error } = (await answer.json()) as { error?: { message?: string } };
  return { error: error?.message ?? `status ${answer.status}` };
}
