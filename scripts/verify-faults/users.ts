import { signIn } from '../../local/auth/accounts.ts';
import { createAccount } from '../../local/auth/create-account.ts';
import { PROJECT_ID } from '../../local/stack/project.ts';
import { send } from '../drive/api.ts';
import type { Wish } from './plan.ts';

const RETRY_MS = 100;
/** Half a minute: longer than a restart of the functions host takes. */
const MAX_TRIES = 300;

/** What became of asking: one id a request sent, or why there is none. */
export interface Asked {
  wish: Wish;
  ids: string[];
  refusals: string[];
}

/** The users of a plan, each signed in, at an API that may be away for a while. */
export interface Users {
  ask(wish: Wish): Promise<Asked>;
  /** The user's wish to stop a generation. Throws when the API refuses it for another reason than that it has ended. */
  cancel(wish: Wish, id: string): Promise<void>;
}

/** Signs up and in. */
export async function signedInUsers(at: { url: string; authHost: string }, uids: Iterable<string>): Promise<Users> {
  const tokens = new Map<string, string>();
  for (const uid of uids) {
    const account = { uid, email: `${uid}@example.test`, password: 'verify-faults' };
    await createAccount(at.authHost, PROJECT_ID, account);
    tokens.set(uid, (await signIn(at.authHost, account.email, account.password)).idToken);
  }
  const post = (path: string, { user, key }: Pick<Wish, 'user' | 'key'>, body: object) => {
    const token = tokens.get(user) ?? '';
    return send(`${at.url}/api/v1${path}`, { method: 'POST', token, body, ...(key !== undefined && { key }) });
  };
  const askOnce = async (wish: Wish) => {
    const request = () => post('/generations', wish, wish.body);
    const { status, body } = await (wish.key === undefined ? request() : untilAnswered(request));
    return status === 202 ? { id: (body as { id: string }).id } : { refusal: `${status} ${JSON.stringify(body)}` };
  };
  return {
    async ask(wish) {
      const answers = await Promise.all(wish.twin ? [askOnce(wish), askOnce(wish)] : [askOnce(wish)]);
      return {
        wish,
        ids: answers.flatMap(({ id }) => id ?? []),
        refusals: answers.flatMap(({ refusal }) => refusal ?? []),
      };
    },
    async cancel({ user }, id) {
      const { status, body } = await untilAnswered(() =>
        post(`/generations/${id}/cancel`, { user, key: undefined }, {}),
      );
      if (![200, 202, 409].includes(status)) throw new Error(`cancel answered ${status} ${JSON.stringify(body)}`);
    },
  };
}

/** Sends again while nobody answers, or the server says that it cannot now. */
async function untilAnswered(request: () => ReturnType<typeof send>): ReturnType<typeof send> {
  for (let tries = 1; ; tries++) {
    try {
      const answer = await request();
      if (answer.status < 500 || tries === MAX_TRIES) return answer;
    } catch (error) {
      // The functions host is being killed and started again.
      if (tries === MAX_TRIES) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}
