/** Prints how fast a whole system in this process answers `GET /summary` over HTTP, with 50 requests in flight. */
import { Agent, get, type IncomingHttpHeaders } from 'node:http';
import { signIn } from '../../local/auth/accounts.ts';
import { createAccount } from '../../local/auth/create-account.ts';
import type { Stack } from '../../local/stack/in-process.ts';
import { PROJECT_ID } from '../../local/stack/project.ts';
import { startScene } from '../verify-reads/index.ts';

const GENERATIONS = 10_000;
const IN_FLIGHT = 50;
/** Of each of as many users, who may ask 600 times a minute. */
const REQUESTS = 20;
const PATHS = ['/summary?range=24h', '/summary?from=2024-11-01&to=2024-12-01&tz=America/New_York'];

const agent = new Agent({ keepAlive: true, maxSockets: IN_FLIGHT });

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
}

function ask(url: string, headers: Record<string, string>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    get(url, { agent, headers }, (response) => {
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers }));
      response.on('error', reject).resume();
    }).on('error', reject);
  });
}

async function tokenOf(authHost: string, uid: string): Promise<string> {
  const account = { uid, email: `${uid}@example.test`, password: 'bench-summary', role: 'analyst' } as const;
  await createAccount(authHost, PROJECT_ID, account);
  return (await signIn(authHost, account.email, account.password)).idToken;
}

/** Every user asks over and over; answers how long each answer took, in ms. Throws when one is not `status`. */
async function askAll(url: string, headersOf: readonly Record<string, string>[], status: number): Promise<number[]> {
  const times: number[] = [];
  const user = async (headers: Record<string, string>) => {
    for (let n = 0; n < REQUESTS; n++) {
      const startMs = performance.now();
      const answer = await ask(url, headers);
      times.push(performance.now() - startMs);
      if (answer.status !== status) throw new Error(`${url} answered ${answer.status}`);
    }
  };
  await Promise.all(headersOf.map(user));
  return times;
}

async function report(name: string, url: string, headersOf: readonly Record<string, string>[], status: number) {
  const startMs = performance.now();
  const times = (await askAll(url, headersOf, status)).sort((a, b) => a - b);
  const perSec = (1_000 * times.length) / (performance.now() - startMs);
  const at = (q: number) => (times[Math.floor(q * (times.length - 1))] ?? 0).toFixed(0).padStart(4);
  console.log(`${name.padEnd(80)} ${perSec.toFixed(0).padStart(5)} requests/s, p50 ${at(0.5)} ms, p95 ${at(0.95)} ms`);
}

async function bench({ url, cloud }: Stack): Promise<void> {
  const users = Array.from({ length: IN_FLIGHT }, (_, n) => `analyst${n}`);
  const tokens = await Promise.all(users.map((uid) => tokenOf(cloud.auth.host, uid)));
  const signedIn = tokens.map((token) => ({ Authorization: `Bearer ${token}` }));
  for (const path of PATHS) {
    const full = `${url}/api/v1${path}`;
    const first = await Promise.all(signedIn.map((headers) => ask(full, headers)));
    const tagged = signedIn.map((headers, i) => ({ ...headers, 'If-None-Match': first[i]?.headers.etag ?? '' }));
    await report(`GET ${path}`, full, signedIn, 200);
    await report(`GET ${path}, known by its ETag`, full, tagged, 304);
  }
}

const quiet = () => undefined;
Object.assign(console, { info: quiet, debug: quiet });
const stack = await startScene(GENERATIONS);
try {
  await bench(stack);
} finally {
  agent.destroy();
  await stack.stop();
}
