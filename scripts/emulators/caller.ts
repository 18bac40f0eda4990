import { signIn } from '../../local/auth/accounts.ts';
import { type Account, createAccount } from '../../local/auth/create-account.ts';
import { PROJECT_ID } from '../../local/stack/project.ts';
import type { Place } from './place.ts';

const PASSWORD = 'secret-1';

export interface Answer {
  status: number;
  headers: Headers;
  /** What the API answered, or {} when that was no JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: the steps pick out of it what they compare
  body: any;
}

export type Call = (method: string, path: string, body?: object, headers?: Record<string, string>) => Promise<Answer>;

/** The API as it is called with these headers. */
export function callerOf({ site }: Place, always: Record<string, string> = {}): Call {
  return async (method, path, body, headers) => {
    const answer = await fetch(`${site}/api/v1${path}`, {
      method,
      headers: { ...(body && { 'Content-Type': 'application/json' }), ...always, ...headers },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    const isJson = answer.headers.get('content-type')?.includes('json');
    return { status: answer.status, headers: answer.headers, body: isJson ? JSON.parse(text) : {} };
  };
}

/** A user who signed up by themselves. Throws with the code of the Auth emulator. */
export async function signedUp(place: Place, name: string): Promise<Call> {
  const address = `http://${place.authHost}/identitytoolkit.googleapis.com/v1/accounts:signUp?key=local`;
  const answer = await fetch(address, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ email: `${name}@example.test`, password: PASSWORD, returnSecureToken: true }),
  });
  const { idToken, error } = (await answer.json()) as { idToken: string; error?: { message: string } };
  if (error) throw new Error(`${name} could not sign up: ${error.message}`);
  return callerOf(place, { Authorization: `Bearer ${idToken}` });
}

/** A user with a role. */
export async function withRole(place: Place, role: NonNullable<Account['role']>): Promise<Call> {
  const account = { uid: role, email: `${role}@example.test`, password: PASSWORD, role };
  await createAccount(place.authHost, PROJECT_ID, account);
  const { idToken } = await signIn(place.authHost, account.email, PASSWORD);
  return callerOf(place, { Authorization: `Bearer ${idToken}` });
}

/** Fires a schedule once, as Cloud Scheduler would, and answers the HTTP status. */
export async function fire({ functions }: Place, schedule: string): Promise<number> {
  const { status } = await fetch(`${functions}/functions/projects/${PROJECT_ID}/triggers/us-central1-${schedule}-0`, {
    method: 'POST',
    headers: { 'X-CloudScheduler-JobName': schedule, 'X-CloudScheduler-ScheduleTime': new Date().toISOString() },
  });
  return status;
}
