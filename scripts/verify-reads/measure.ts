import { signIn } from '../../local/auth/accounts.ts';
import { createAccount } from '../../local/auth/create-account.ts';
import type { Stack } from '../../local/stack/in-process.ts';
import { PROJECT_ID } from '../../local/stack/project.ts';
import { send } from '../drive/api.ts';
import { type Query, queries } from './queries.ts';
import { BUSIEST_USER } from './scene.ts';

const MINUTE_MS = 60_000;

/** How many documents one thing read. */
export interface Reads {
  name: string;
  reads: number;
  /** How many it may read, where that is promised. */
  atMost?: number;
}

/** Counts what every query reads, and what a minute does in which nothing happens. Throws when one is not answered. */
export async function measure({ url, host, cloud }: Stack): Promise<Reads[]> {
  const tokens = {
    analyst: await tokenOf(cloud.auth.host, 'analyst'),
    [BUSIEST_USER]: await tokenOf(cloud.auth.host, BUSIEST_USER),
  };
  const answerTo = async ({ as, path }: Pick<Query, 'as' | 'path'>) => {
    const { status, body } = await send(`${url}/api/v1${path}`, { token: tokens[as] });
    if (status !== 200) throw new Error(`GET ${path} answered ${status}: ${JSON.stringify(body)}`);
    return body;
  };
  const readsOf = async (work: () => Promise<unknown>) => {
    cloud.firestore.resetUsage();
    await work();
    return cloud.firestore.usage().total.reads;
  };
  // Before anything is counted: what an instance keeps of its callers and of the settings is there then.
  await answerTo({ as: 'analyst', path: '/summary' });
  const list = (await answerTo({ as: BUSIEST_USER, path: '/generations' })) as { generations: { id: string }[] };
  const id = list.generations[0]?.id ?? '';
  const reads: Reads[] = [];
  for (const { atMost, ...query } of queries(id)) {
    const name = `GET ${query.path.replace(id, '{id}')}`;
    reads.push({ name, reads: await readsOf(() => answerTo(query)), ...(atMost !== undefined && { atMost }) });
  }
  reads.push({ name: 'a minute of schedules', reads: await readsOf(() => host.advanceBy(MINUTE_MS)) });
  return reads;
}

async function tokenOf(authHost: string, uid: string): Promise<string> {
  const account = { uid, email: `${uid}@example.test`, password: 'verify-reads' };
  await createAccount(authHost, PROJECT_ID, { ...account, ...(uid === 'analyst' && { role: 'analyst' }) });
  return (await signIn(authHost, account.email, account.password)).idToken;
}
