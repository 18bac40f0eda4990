import { MAX_REASON_CHARS } from '../../functions/src/core/access/audit.ts';
import { TIERS } from '../../functions/src/core/account/account.ts';
import { ROLES } from '../../functions/src/core/actor.ts';
import { IDEMPOTENCY_KEY, IDEMPOTENCY_KEY_RULE } from '../../functions/src/core/idempotencyKey.ts';
import type { By } from '../../functions/src/features/administration/index.ts';
import { table } from './table.ts';

/** What does the work, loaded only once there is something to do. */
const administration = () => import('../../functions/src/features/administration/index.ts');

/** A command line that says nothing this command understands. */
export class UsageError extends Error {}

export interface Options {
  json?: boolean | undefined;
  reason?: string | undefined;
  kind?: string | undefined;
  key?: string | undefined;
  lift?: boolean | undefined;
  local?: boolean | undefined;
  port?: string | undefined;
  project?: string | undefined;
}

/** What is to be done once there is a connection; answers what to print. */
type Work = (by: By) => Promise<string>;
/** Understands its words, or throws UsageError. */
type Command = (words: readonly string[], options: Options) => Work;

const KINDS = ['grant', 'purchase', 'adjustment'] as const;
const NO_REASON = 'none given';

export const COMMANDS: Readonly<Record<string, Command>> = {
  list: (words, { json }) => {
    expectWords(words, 0);
    return async () => {
      const users = await (await import('./everybody.ts')).everybody();
      return json ? JSON.stringify(users, undefined, 2) : table(users);
    };
  },

  grant: (words, { reason }) => {
    const [user = '', tier = ''] = expectWords(words, 2);
    const known = oneOf('a tier', tier, TIERS);
    const why = optional(reason);
    return async (by) => {
      await (await administration()).setTier(by, user, known, why);
      return stateOf(user);
    };
  },

  credit: (words, { reason, kind = 'grant', key }) => {
    const [user = '', amount = ''] = expectWords(words, 2);
    const credits = Number(amount);
    const wish = { kind: oneOf('a kind', kind, KINDS), credits, reason: given(reason), ...usable(key) };
    if (!/^-?\d{1,9}$/.test(amount) || credits === 0 || (credits < 0 && wish.kind !== 'adjustment')) {
      throw new UsageError('N must be a whole number of credits, below 0 only for an adjustment');
    }
    return async (by) => {
      const { entry, availableCredits, replayed } = await (await administration()).giveCredits(by, user, wish);
      return `${entry.id}: ${replayed ? 'had been booked before' : 'booked'}; ${availableCredits} credits available`;
    };
  },

  suspend: (words, { reason, lift }) => {
    const [user = ''] = expectWords(words, 1);
    const why = lift ? optional(reason) : given(reason);
    return async (by) => {
      const { reinstate, suspend } = await administration();
      await (lift ? reinstate : suspend)(by, user, why);
      return stateOf(user);
    };
  },

  role: (words, { reason }) => {
    const [user = '', role = ''] = expectWords(words, 2);
    const known = oneOf('a role', role, [...ROLES, 'none'] as const);
    const why = optional(reason);
    return async (by) => {
      await (await administration()).setRole(by, user, known === 'none' ? undefined : known, why);
      return stateOf(user);
    };
  },
};

async function stateOf(user: string): Promise<string> {
  const { getUser, userView } = await administration();
  return table([userView(await getUser(user))]);
}

function expectWords(words: readonly string[], count: number): readonly string[] {
  if (words.length === count) return words;
  throw new UsageError(`${words.length} words after the command; it takes ${count}`);
}

function oneOf<T extends string>(what: string, word: string, known: readonly T[]): T {
  const found = known.find((one) => one === word);
  if (found === undefined) throw new UsageError(`"${word}" is not ${what}: ${known.join(', ')}`);
  return found;
}

function given(reason: string | undefined): string {
  if (reason === undefined || reason.trim() === '') throw new UsageError('say why, with --reason TEXT');
  if (reason.length > MAX_REASON_CHARS) {
    throw new UsageError(`the reason may have ${MAX_REASON_CHARS} characters; it has ${reason.length}`);
  }
  return reason;
}

function optional(reason: string | undefined): string {
  return reason === undefined ? NO_REASON : given(reason);
}

/** An empty key is a mistake, such as a variable that is not set: without a key each call would book anew. */
function usable(key: string | undefined): { key?: string } {
  if (key === undefined) return {};
  if (!IDEMPOTENCY_KEY.test(key)) throw new UsageError(`the key ${IDEMPOTENCY_KEY_RULE}`);
  return { key };
}
