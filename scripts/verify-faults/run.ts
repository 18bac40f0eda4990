import { setTimeout as sleep } from 'node:timers/promises';
import { isTerminal } from '../../functions/src/core/generation/state.ts';
import type { Processes } from '../../local/stack/processes.ts';
import { demand, send } from '../drive/api.ts';
import { tasksLeft } from '../drive/measure.ts';
import type { Database } from './database.ts';
import { type KillHit, killAndRestart, untilProviderIsBusy } from './kill.ts';
import type { Batch, Wish } from './plan.ts';
import { type Asked, signedInUsers, type Users } from './users.ts';

const DRAIN_STEP_MS = 10 * 60_000;
const DRAIN_STEPS = 12 * 6;
/** So that even what the provider finishes far too late is there. */
const AFTERMATH_MS = 2 * 3_600_000;

export interface Ran {
  asked: Asked[];
  kills: KillHit[];
}

export interface RunOptions {
  stack: Processes;
  database: Database;
  batches: readonly Batch[];
  onProgress: (asked: number, kills: number) => void;
}

/** Does everything in the plan, every task and trigger twice, triggers in any order, and lets all of it come to its end, for 12 hours at most. */
export async function run({ stack, database, batches, onProgress }: RunOptions): Promise<Ran> {
  const control = (path: string, body: object) => demand(`${stack.url}/__local${path}`, { method: 'POST', body });
  await control('/tasks/chaos', { duplicate: true });
  await control('/firestore/triggers/chaos', { duplicate: true, shuffle: true });
  await database.givePlenty();
  await database.deleteRules();
  const users = await signedInUsers(stack, new Set(batches.flatMap(({ wishes }) => wishes.map(({ user }) => user))));
  const ran: Ran = { asked: [], kills: [] };
  for (const batch of batches) {
    await demand(`${stack.vendorsUrl}/__vendors/veo/script`, { method: 'POST', body: batch.wishes.map(ruleOf) });
    await runBatch({ stack, database, users, batch, ran });
    onProgress(ran.asked.length, ran.kills.length);
  }
  await drain(stack, database);
  await control('/clock', { advanceMs: AFTERMATH_MS });
  await drain(stack, database);
  return ran;
}

const ruleOf = ({ kind, body: { prompt } }: Wish) => ({ match: { prompt }, ...kind.rule });

async function runBatch({
  stack,
  database,
  users,
  batch: { wishes, kill, advanceMs },
  ran,
}: {
  stack: Processes;
  database: Database;
  users: Users;
  batch: Batch;
  ran: Ran;
}): Promise<void> {
  const die = async () => {
    if (kill) ran.kills.push(await killAndRestart(stack, database, kill.at, ran.kills));
  };
  const asking = Promise.all(wishes.map((wish) => users.ask(wish)));
  if (kill?.at === 'asking') await sleep(kill.afterMs).then(die);
  const asked = await asking;
  ran.asked.push(...asked);
  const cancelling = Promise.all(asked.map((each) => cancelLater(users, each)));
  // The host may be killed while it answers this; then only a part of the way is gone.
  const moving = send(`${stack.url}/__local/clock`, { method: 'POST', body: { advanceMs } }).catch(() => undefined);
  if (kill?.at === 'moving') await sleep(kill.afterMs).then(die);
  if (kill && 'prompt' in kill) {
    // Where the bait was not even taken in, there is nothing to wait for; a check will tell.
    if (asked[0]?.ids.length) await untilProviderIsBusy(stack.vendorsUrl, kill);
    await die();
  }
  await Promise.all([moving, cancelling]);
}

async function cancelLater(users: Users, { wish, ids: [id] }: Asked): Promise<void> {
  if (wish.cancelAfterMs === undefined || id === undefined) return;
  await sleep(wish.cancelAfterMs);
  await users.cancel(wish, id);
}

/** Lets time pass until all has ended and no task waits, and then until nothing is left to be cleaned up. */
async function drain(stack: Processes, database: Database): Promise<void> {
  for (let step = 0; step < DRAIN_STEPS; step++) {
    const open = (await database.generations()).filter(({ state }) => !isTerminal(state)).length;
    if (open === 0 && (await tasksLeft(stack.url)) === 0) return;
    await demand(`${stack.url}/__local/clock`, { method: 'POST', body: { advanceMs: DRAIN_STEP_MS } });
  }
}
