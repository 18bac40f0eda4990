import { seededRandom } from '../../local/demo/random.ts';
import { BAITS, FAULT_KINDS, type FaultKind, NO_FAULT } from './kinds.ts';
import { drawRequest } from './request.ts';

/** One generation to be asked for. */
export interface Wish {
  number: number;
  user: string;
  kind: FaultKind;
  /** The body of `POST /generations`. */
  body: { prompt: string; videos: number };
  /** Its Idempotency-Key; without one it is asked for once, and never again. */
  key: string | undefined;
  /** Asked for twice at the same time. */
  twin: boolean;
  /** Cancelled by its user so long after it was asked for, in ms of real time. */
  cancelAfterMs: number | undefined;
}

/** When the functions host is killed: in the middle of asking or of the clock's move, or while the provider is busy with a bait. */
export type Kill = { at: 'asking' | 'moving'; afterMs: number } | { at: 'submit' | 'poll'; prompt: string };

/** Asked for together; then the clock moves on. */
export interface Batch {
  wishes: Wish[];
  advanceMs: number;
  kill: Kill | undefined;
}

export interface PlanOptions {
  seed: number;
  generations: number;
  kills: number;
  /** With the faults that take a minute of real time. */
  slow: boolean;
}

const USERS = 12;
const BATCH = 30;
const FAULTY = 0.2;
const CANCELLED = 0.08;
const KEYED = 0.5;
const TWINS = 0.15;
const KILL_MOMENTS = ['submit', 'moving', 'asking', 'submit', 'poll'] as const;

/** Everything that will be done, by the seed alone. */
export function planOf({ seed, generations, kills, slow }: PlanOptions): Batch[] {
  const random = seededRandom(seed);
  const kinds = drawKinds(random, { generations, slow });
  const batches = Math.max(kills, Math.ceil(generations / BATCH));
  const users = Array.from({ length: USERS }, (_, index) => `user-${index}`);
  let number = 0;
  return Array.from({ length: batches }, (_, index) => {
    const size = Math.floor((generations * (index + 1)) / batches) - Math.floor((generations * index) / batches);
    const moment = killMoment(index, batches, kills);
    const wishes = Array.from({ length: size }, () => {
      const keyed = random() < KEYED || moment === 'asking';
      const kind = kinds[number] ?? NO_FAULT;
      return {
        number: ++number,
        user: users[Math.floor(random() * USERS)] ?? 'user-0',
        kind,
        body: drawRequest(random, `${kind.name} #${number}`, kind.videos),
        key: keyed ? `${seed}-${number}` : undefined,
        twin: keyed && random() < TWINS / KEYED,
        cancelAfterMs: random() < CANCELLED ? Math.floor(random() * 500) : undefined,
      };
    });
    const kill = moment && killAt(moment, wishes, random);
    return { wishes, kill, advanceMs: Math.round((moment === 'poll' ? 600 : 30 + 90 * random()) * 1_000) };
  });
}

/** A fifth of all, spread evenly over every kind, in random places; a slow kind comes once. */
function drawKinds(random: () => number, { generations, slow }: { generations: number; slow: boolean }): FaultKind[] {
  const quick = shuffled(
    FAULT_KINDS.filter((kind) => !kind.slow),
    random,
  );
  const first = [...(slow ? FAULT_KINDS.filter((kind) => kind.slow) : []), ...quick];
  const faulty = Array.from(
    { length: Math.round(generations * FAULTY) },
    (_, index) => first[index] ?? quick[index % quick.length],
  );
  return shuffled(
    Array.from({ length: generations }, (_, index) => faulty[index] ?? NO_FAULT),
    random,
  );
}

function killMoment(batch: number, batches: number, kills: number): (typeof KILL_MOMENTS)[number] | undefined {
  const kill = Math.floor(((batch + 1) * kills) / batches);
  if (kill === Math.floor((batch * kills) / batches)) return undefined;
  return KILL_MOMENTS[(kill - 1) % KILL_MOMENTS.length];
}

/** Where a bait is needed, the batch's first generation becomes one. */
function killAt(at: (typeof KILL_MOMENTS)[number], wishes: Wish[], random: () => number): Kill {
  if (at === 'asking' || at === 'moving') return { at, afterMs: Math.floor(20 + random() * 380) };
  const kind = at === 'poll' ? BAITS.poll : random() < 0.5 ? BAITS.taken : BAITS.refused;
  const [bait] = wishes;
  if (!bait) throw new Error('a kill needs a generation to wait for');
  bait.kind = kind;
  bait.cancelAfterMs = undefined;
  bait.body.prompt = `${kind.name} #${bait.number}`;
  return { at, prompt: bait.body.prompt };
}

function shuffled<T>(values: readonly T[], random: () => number): T[] {
  const left = [...values];
  return values.flatMap(() => left.splice(Math.floor(random() * left.length), 1));
}
