import { type Account, createAccount } from '../auth/create-account.ts';

const PASSWORD = 'dailies';

/** The people of the demo; everybody's password is the same, and worth nothing outside this machine. */
export const PEOPLE: readonly (Account & { who: string })[] = [
  { who: 'admin', uid: 'demo-admin', email: 'admin@dailies.test', password: PASSWORD, role: 'admin' },
  { who: 'analyst', uid: 'demo-analyst', email: 'analyst@dailies.test', password: PASSWORD, role: 'analyst' },
  { who: 'ingest service', uid: 'demo-ingest', email: 'ingest@dailies.test', password: PASSWORD, role: 'ingest' },
  { who: 'premium user', uid: 'demo-premium', email: 'premium@dailies.test', password: PASSWORD, premium: true },
  { who: 'free user', uid: 'demo-free', email: 'free@dailies.test', password: PASSWORD, premium: false },
];

/** Creates the demo's accounts where they are not there yet. */
export async function createPeople(authHost: string, projectId: string): Promise<void> {
  await Promise.all(PEOPLE.map((person) => createAccount(authHost, projectId, person)));
}
