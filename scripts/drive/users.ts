import { sha256 } from '../../functions/src/core/hash.ts';
import { signIn } from '../../local/auth/accounts.ts';
import { createAccount } from '../../local/auth/create-account.ts';

/** Half of a token's hour, which is one of real time. */
const TOKEN_LIFE_MS = 30 * 60_000;
const PASSWORD = 'recorded-user';

/** Makes an account for each user on first sight; answers a token that is good now. */
export function recordedUsers(authHost: string, projectId: string): (user: string) => Promise<string> {
  const tokens = new Map<string, { idToken: string; untilMs: number }>();
  return async (user) => {
    const kept = tokens.get(user);
    if (kept && kept.untilMs > performance.now()) return kept.idToken;
    const uid = `recorded-${sha256(user).slice(0, 16)}`;
    const email = `${uid}@example.test`;
    if (!kept) await createAccount(authHost, projectId, { uid, email, password: PASSWORD });
    const { idToken } = await signIn(authHost, email, PASSWORD);
    tokens.set(user, { idToken, untilMs: performance.now() + TOKEN_LIFE_MS });
    return idToken;
  };
}
