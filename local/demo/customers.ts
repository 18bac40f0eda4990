import { signIn } from '../auth/accounts.ts';
import { PEOPLE } from './people.ts';
import { seededRandom } from './random.ts';

const CUSTOMERS = 80;
const DAYS = 90;
const DAY_MS = 86_400_000;
const ROWS = 500;
const MONTHLY_USD_MICROS = 19_000_000;
const FEATURES = ['storyboard', 'templates', 'captions', 'share', 'upscale'];

/** One product event, as `POST /events` takes it. */
interface Told {
  source: string;
  id: string;
  type: string;
  occurredAt: string;
  userId: string;
  body: Record<string, string | number>;
}

/** What a shop and a web app would have told of the last 90 days of invented customers; the same seed tells the same. */
export function customerHistory(nowMs: number, seed = 1): Told[] {
  const random = seededRandom(seed);
  // Whole days, so that a start on the same day tells what is known already.
  const endMs = Math.floor(nowMs / DAY_MS) * DAY_MS;
  return Array.from({ length: CUSTOMERS }, (_, at) => lifeOf(`customer-${at}`, endMs, random)).flat();
}

function lifeOf(userId: string, endMs: number, random: () => number): Told[] {
  const told: Told[] = [];
  const tell = (atMs: number, type: string, body: Told['body'] = {}) => {
    const occurredAt = new Date(atMs).toISOString();
    if (atMs < endMs)
      told.push({ source: 'demo', id: `${userId} ${type} ${occurredAt}`, type, occurredAt, userId, body });
  };
  const signupMs = endMs - Math.floor(random() * DAYS * DAY_MS);
  tell(signupMs, 'signup', { channel: random() < 0.6 ? 'search' : 'friend' });
  const keenness = random();
  const stopsMs = random() < 0.4 ? signupMs + random() * 40 * DAY_MS : endMs;
  for (let dayMs = signupMs + 60_000; dayMs < stopsMs; dayMs += DAY_MS) {
    if (random() > keenness) continue;
    const atMs = dayMs + Math.floor(random() * 3_600_000);
    tell(atMs, 'session.started', { sessionId: `${userId}-${dayMs}` });
    const feature = FEATURES[Math.floor(random() * random() * FEATURES.length)] ?? 'share';
    tell(atMs + 90_000, 'feature.used', { feature });
  }
  const startMs = signupMs + Math.floor(random() * 14 * DAY_MS);
  if (keenness > 0.4) tell(startMs, 'trial.started', { plan: 'studio' });
  if (keenness > 0.6) payMonthly(userId, startMs + 7 * DAY_MS, stopsMs, tell);
  if (random() < 0.1)
    tell(startMs + DAY_MS, 'support.ticket', { ticketId: `${userId}-t`, status: 'opened', category: 'video' });
  return told;
}

function payMonthly(
  userId: string,
  fromMs: number,
  stopsMs: number,
  tell: (atMs: number, type: string, body?: Told['body']) => void,
): void {
  const amount = { amountUsdMicros: MONTHLY_USD_MICROS };
  if (fromMs >= stopsMs) return;
  tell(fromMs, 'subscription.started', { plan: 'studio', ...amount, months: 1 });
  for (let at = 0; fromMs + at * 30 * DAY_MS < stopsMs; at++) {
    tell(fromMs + at * 30 * DAY_MS + 1_000, 'payment.succeeded', { paymentId: `${userId}-${at}`, ...amount });
  }
  tell(Math.floor(stopsMs), 'subscription.cancelled', { plan: 'studio' });
}

/** Reports that history through the public API, as the demo's ingest service; what is known already stays as it is. */
export async function reportCustomers(url: string, authHost: string, nowMs: number): Promise<void> {
  const service = PEOPLE.find(({ role }) => role === 'ingest');
  if (!service) throw new Error('the demo has no ingest service');
  const { idToken } = await signIn(authHost, service.email, service.password);
  const events = customerHistory(nowMs);
  for (let from = 0; from < events.length; from += ROWS) {
    const answer = await fetch(`${url}/api/v1/events`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${idToken}` },
      body: JSON.stringify({ events: events.slice(from, from + ROWS) }),
    });
    const { refused, results } = (await answer.json()) as { refused?: number; results?: { reason?: string }[] };
    if (!answer.ok || refused) {
      const reason = results?.find((result) => result.reason)?.reason;
      throw new Error(`the demo's customers were not taken in: ${answer.status} ${reason ?? ''}`);
    }
  }
}
