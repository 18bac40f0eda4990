import { signIn } from '../auth/accounts.ts';
import type { MovableClock } from '../clock.ts';
import { PEOPLE } from './people.ts';
import { seededRandom } from './random.ts';
import { nextWish } from './wishes.ts';

const EVERY_MS = 15_000;
const TOKEN_LIFE_MS = 50 * 60_000;
const RATED_SHARE = 0.6;

interface TrafficOptions {
  /** The site, such as `http://127.0.0.1:5000`. */
  url: string;
  authHost: string;
  clock: MovableClock;
  seed?: number;
}

/**
 * Steady traffic of the demo's two users through the public API: a request about every 15 s, and now and then a rating of
 * something finished. The same seed makes the same wishes. Returns a function that stops it.
 */
export function startTraffic({ url, authHost, clock, seed = 1 }: TrafficOptions): () => void {
  const random = seededRandom(seed);
  const users = PEOPLE.filter((person) => person.role === undefined);
  const tokens = new Map<string, { idToken: string; untilMs: number }>();
  let stopped = false;
  let cancel: (() => void) | undefined;

  const call = async (email: string, path: string, method = 'GET', body?: object) => {
    const answer = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${await tokenOf(email)}` },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`demo traffic: ${method} ${path} answered ${answer.status}`);
    return answer.json();
  };
  const tokenOf = async (email: string) => {
    const kept = tokens.get(email);
    if (kept && kept.untilMs > performance.now()) return kept.idToken;
    const { idToken } = await signIn(authHost, email, PEOPLE[0]?.password ?? '');
    tokens.set(email, { idToken, untilMs: performance.now() + TOKEN_LIFE_MS });
    return idToken;
  };
  const turn = async () => {
    const { email } = users[Math.floor(random() * users.length)] as (typeof users)[number];
    await call(email, '/generations', 'POST', nextWish(random));
    const { generations } = (await call(email, '/generations?limit=10')) as { generations: Finished[] };
    const unrated = generations.find((g) => g.state === 'succeeded' && g.rating === undefined);
    if (unrated && random() < RATED_SHARE) {
      await call(email, `/generations/${unrated.id}/rating`, 'PUT', { stars: 3 + Math.floor(random() * 3) });
    }
  };
  const arm = () => {
    cancel = clock.setTimer(clock.now() + EVERY_MS * (0.5 + random()), () => {
      turn()
        // The stack may be restarting or stopping; the next turn tries again.
        .catch((error: unknown) => !stopped && console.warn(error instanceof Error ? error.message : error))
        .finally(() => !stopped && arm());
    });
  };
  arm();
  return () => {
    stopped = true;
    cancel?.();
  };
}

interface Finished {
  id: string;
  state: string;
  rating?: number;
}
