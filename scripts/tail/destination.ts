import { signIn } from '../../local/auth/accounts.ts';
import { PEOPLE } from '../../local/demo/people.ts';
import { PROJECT_ID } from '../../local/stack/project.ts';
import { type Source, TailError } from './follow.ts';

const DEFAULT_PORT = 5_000;
const REGION = 'us-central1';

/** What the command line says of where to look. */
export interface Wish {
  local?: boolean | undefined;
  /** Of a local site. */
  port?: string | undefined;
  project?: string | undefined;
  url?: string | undefined;
  key?: string | undefined;
}

/** Finds the `live` function and who to be there. Throws TailError when that cannot be. */
export function sourceOf({ local, port = String(DEFAULT_PORT), project, url, key }: Wish): Source {
  const named = [local, project, url].filter((given) => given !== undefined && given !== false);
  if (named.length !== 1) throw new TailError('name one system: --local, --project ID or --url URL');
  const site = `http://127.0.0.1:${port}/${PROJECT_ID}/${REGION}/live`;
  const base = url?.replace(/\/+$/, '') ?? (local ? site : `https://${REGION}-${project}.cloudfunctions.net/live`);
  const source = { url: `${base}/api/v1/live` };
  const apiKey = key ?? process.env.DAILIES_API_KEY;
  if (apiKey !== undefined) return { ...source, headers: async () => ({ 'X-API-Key': apiKey }) };
  if (!local) throw new TailError('an API key of scope read:analytics is needed: --key KEY, or DAILIES_API_KEY');
  const authHost = `127.0.0.1:${Number(port) + 2}`;
  const analyst = PEOPLE.find(({ role }) => role === 'analyst');
  return {
    ...source,
    headers: async () => {
      const { idToken } = await signIn(authHost, analyst?.email ?? '', analyst?.password ?? '');
      return { Authorization: `Bearer ${idToken}` };
    },
  };
}
