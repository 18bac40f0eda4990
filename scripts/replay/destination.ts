import { signIn } from '../../local/auth/accounts.ts';
import { PEOPLE } from '../../local/demo/people.ts';
import { type Destination, ReplayError } from './batch.ts';

const DEFAULT_PORT = 5_000;

/** What the command line says of where to send. */
export interface Wish {
  url?: string | undefined;
  key?: string | undefined;
  local?: boolean | undefined;
  port?: string | undefined;
}

/** Finds the API, and on this machine signs in as the ingest service. Throws ReplayError when that cannot be. */
export async function destinationOf({ url, key, local, port }: Wish): Promise<Destination> {
  if (local === (url !== undefined)) throw new ReplayError('name one system: --url URL, or --local');
  const apiKey = key ?? process.env.DAILIES_API_KEY;
  const base = url?.replace(/\/+$/, '') ?? `http://127.0.0.1:${port ?? DEFAULT_PORT}`;
  if (apiKey !== undefined) return { url: base, headers: { 'X-API-Key': apiKey } };
  if (!local) throw new ReplayError('an API key of scope ingest is needed: --key KEY, or DAILIES_API_KEY');
  const service = PEOPLE.find(({ role }) => role === 'ingest');
  const authHost = `127.0.0.1:${Number(port ?? DEFAULT_PORT) + 2}`;
  try {
    const { idToken } = await signIn(authHost, service?.email ?? '', service?.password ?? '');
    return { url: base, headers: { Authorization: `Bearer ${idToken}` } };
  } catch (error) {
    throw new ReplayError(`cannot sign in at ${authHost}; start a system with: npm start`, { cause: error });
  }
}
