import { setTimeout as sleep } from 'node:timers/promises';
import { signIn } from '../../local/auth/accounts.ts';
import { createAccount } from '../../local/auth/create-account.ts';
import type { ClockState } from '../../local/clock.ts';
import { type Processes, startProcesses } from '../../local/stack/processes.ts';
import { PROJECT_ID } from '../../local/stack/project.ts';
import { demand, send } from '../drive/api.ts';
import type { Destination } from '../replay/batch.ts';

/** The zones besides UTC in which the system counts hours and days. */
export const REPORTING_ZONES = ['America/New_York', 'Asia/Kathmandu'];

const MINUTE_MS = 60_000;
/** One is enough unless there is more than one run of the aggregation takes. */
const MAX_TICKS = 30;
const RETRY_MS = 100;
/** Half a minute: longer than a restart of the functions host takes. */
const MAX_TRIES = 300;

/** A whole system with nothing in it. */
export interface System {
  stack: Processes;
  /** Where and as whom generations are reported. */
  destination: Destination;
  /** What the API answers an analyst. Throws when it is not 200. */
  read(path: string): Promise<unknown>;
  nowMs(): Promise<number>;
  /** Lets a minute pass, with the schedules that fall due. */
  passMinute(): Promise<void>;
  /** Ends the functions host without warning, and starts it again. */
  killHost(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts it in processes of its own, from the built functions, at this reading of the clock. */
export async function startSystem(clock: ClockState, onLogLine: (line: string) => void): Promise<System> {
  const stack = await startProcesses({
    clock,
    env: { REPORTING_TIME_ZONES: REPORTING_ZONES.join() },
    ...{ onLogLine, onErrorLine: onLogLine },
  });
  const tokenOf = async (role: 'ingest' | 'analyst') => {
    const account = { uid: role, email: `${role}@example.test`, password: 'verify-truth', role };
    await createAccount(stack.authHost, PROJECT_ID, account);
    return (await signIn(stack.authHost, account.email, account.password)).idToken;
  };
  try {
    const [ingest, token] = await Promise.all([tokenOf('ingest'), tokenOf('analyst')]);
    return {
      stack,
      destination: { url: stack.url, headers: { Authorization: `Bearer ${ingest}` } },
      async read(path) {
        const { status, body } = await send(`${stack.url}/api/v1${path}`, { token });
        if (status !== 200) throw new Error(`GET ${path} answered ${status}: ${JSON.stringify(body)}`);
        return body;
      },
      nowMs: async () => ((await demand(`${stack.url}/__local/clock`)) as { nowMs: number }).nowMs,
      passMinute: () =>
        untilAnswered(() => demand(`${stack.url}/__local/clock`, { method: 'POST', body: { advanceMs: MINUTE_MS } })),
      async killHost() {
        await stack.killHost();
        await stack.restartHost();
      },
      stop: () => stack.stop(),
    };
  } catch (error) {
    await stack.stop();
    throw error;
  }
}

/** Lets minutes pass until `through`, up to which all is counted, is past this moment. Throws when it never is. */
export async function untilCounted(
  { passMinute }: System,
  atMs: number,
  through: () => Promise<number>,
): Promise<void> {
  for (let tick = 0; tick < MAX_TICKS; tick++) {
    await passMinute();
    if ((await through()) > atMs) return;
  }
  throw new Error(`not everything is counted after ${MAX_TICKS} minutes`);
}

/** Again while the functions host is being killed and started again. */
async function untilAnswered(request: () => Promise<unknown>): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await request();
      return;
    } catch (error) {
      if (tries === MAX_TRIES) throw error;
      await sleep(RETRY_MS);
    }
  }
}
