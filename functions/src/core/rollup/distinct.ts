import { UserSet } from './userSet.ts';

/** Up to this many users are counted exactly. */
export const EXACT_USERS = 1_000;

/** The precision of the HyperLogLog beyond: 2^14 registers, a standard error of 0.8 %. */
const INDEX_BITS = 14;
export const REGISTERS = 2 ** INDEX_BITS;

/** Bits taken of a user's key: as many as a number holds exactly. Among 1,000 users two meet once in 10^10 cells. */
const USER_BITS = 52;
const RANK_BITS = USER_BITS - INDEX_BITS;
const MAX_RANK = RANK_BITS + 1;
const USER_DIGITS = USER_BITS / 4;

/** The number that stands for a user in a set, from the (hexadecimal) user key; undefined where no user is named. */
export function userOf(userKey: string): number | undefined {
  let user = 0;
  for (let at = 0; at < USER_DIGITS; at++) {
    const digit = hexDigit(userKey.charCodeAt(at));
    if (digit === undefined) return undefined;
    user = 16 * user + digit;
  }
  return user;
}

const [DIGIT_0, DIGIT_9, LETTER_A, LETTER_F] = [48, 57, 97, 102];

function hexDigit(charCode: number): number | undefined {
  if (charCode >= DIGIT_0 && charCode <= DIGIT_9) return charCode - DIGIT_0;
  return charCode >= LETTER_A && charCode <= LETTER_F ? charCode - LETTER_A + 10 : undefined;
}

/** Whether a number is one that `userOf` gives. */
export const isUser = (user: number): boolean => Number.isInteger(user) && user >= 0 && user < 2 ** USER_BITS;

/** Whether a number is one that a register holds. */
export const isRank = (rank: number): boolean => rank >= 0 && rank <= MAX_RANK;

/**
 * Distinct users: the set itself up to 1,000, beyond that a HyperLogLog. The same users give the same content in whatever
 * order and grouping they come, since a set that was ever larger than 1,000 stays so.
 */
export class DistinctUsers {
  /** The users, while they are counted exactly. */
  #exact: UserSet | undefined = new UserSet();
  #registers: Uint8Array | undefined;

  /** A HyperLogLog of these registers, as a decoder makes it. */
  static ofRegisters(registers: Uint8Array): DistinctUsers {
    const users = new DistinctUsers();
    users.#exact = undefined;
    users.#registers = registers;
    return users;
  }

  /** The users in rising order, or undefined beyond 1,000. */
  get exact(): ArrayLike<number> | undefined {
    return this.#exact?.sorted();
  }

  /** The registers, or undefined up to 1,000. */
  get registers(): Uint8Array | undefined {
    return this.#registers;
  }

  add(user: number): void {
    if (this.#registers) raise(this.#registers, user);
    else this.#exact?.add(user);
    this.#estimateIfMany();
  }

  merge(other: DistinctUsers): void {
    if (other.#registers) raiseAll(this.#estimateFromNowOn(), other.#registers);
    else if (this.#registers) raiseEach(this.#registers, other.#exact);
    else if (other.#exact) this.#exact?.addAll(other.#exact);
    this.#estimateIfMany();
  }

  /** How many there are: exactly up to 1,000, beyond that within 2.5 %. */
  count(): { value: number; exact: boolean } {
    if (this.#registers) return { value: Math.round(estimate(this.#registers)), exact: false };
    return { value: this.#exact?.size ?? 0, exact: true };
  }

  isEmpty(): boolean {
    return this.#exact?.size === 0;
  }

  clone(): DistinctUsers {
    const copy = new DistinctUsers();
    copy.#exact = this.#exact?.clone();
    copy.#registers = this.#registers?.slice();
    return copy;
  }

  #estimateIfMany(): void {
    if (this.#exact && this.#exact.size > EXACT_USERS) this.#estimateFromNowOn();
  }

  #estimateFromNowOn(): Uint8Array {
    const registers = this.#registers ?? new Uint8Array(REGISTERS);
    raiseEach(registers, this.#exact);
    this.#registers = registers;
    this.#exact = undefined;
    return registers;
  }
}

/** Raises the register that the first bits of a user name to the place of the first 1 among the others. */
function raise(registers: Uint8Array, user: number): void {
  const at = Math.floor(user / 2 ** RANK_BITS);
  const rest = user % 2 ** RANK_BITS;
  const high = Math.floor(rest / 2 ** 32);
  const zeros = high > 0 ? Math.clz32(high) - (64 - RANK_BITS) : RANK_BITS - 32 + Math.clz32(rest);
  if (zeros + 1 > (registers[at] ?? 0)) registers[at] = zeros + 1;
}

const raiseEach = (registers: Uint8Array, users: UserSet | undefined) => users?.each((user) => raise(registers, user));

/** Raises every register to where the other one is. */
function raiseAll(registers: Uint8Array, others: Uint8Array): void {
  for (let at = 0; at < REGISTERS; at++) {
    const rank = others[at] ?? 0;
    if (rank > (registers[at] ?? 0)) registers[at] = rank;
  }
}

/**
 * The estimator of O. Ertl, "New cardinality estimation algorithms for HyperLogLog sketches" (2017), algorithm 6: without
 * bias at every size, and without tables.
 */
function estimate(registers: Uint8Array): number {
  const histogram = new Array<number>(MAX_RANK + 1).fill(0);
  for (const rank of registers) histogram[rank] = (histogram[rank] ?? 0) + 1;
  const share = (rank: number) => (histogram[rank] ?? 0) / REGISTERS;
  let z = REGISTERS * tau(1 - share(MAX_RANK));
  for (let rank = MAX_RANK - 1; rank > 0; rank--) z = (z + REGISTERS * share(rank)) / 2;
  z += REGISTERS * sigma(share(0));
  return REGISTERS ** 2 / (2 * Math.LN2 * z);
}

/** x + Σ x^(2^k)·2^(k−1): what the empty registers say. */
function sigma(share: number): number {
  if (share === 1) return Number.POSITIVE_INFINITY;
  let [x, weight, sum, before] = [share, 1, share, -1];
  while (sum !== before) {
    before = sum;
    x *= x;
    sum += x * weight;
    weight *= 2;
  }
  return sum;
}

/** (1 − x − Σ (1 − x^(2^−k))²·2^−k) ÷ 3: what the full registers say. */
function tau(share: number): number {
  if (share === 0 || share === 1) return 0;
  let [x, weight, sum, before] = [share, 1, 1 - share, -1];
  while (sum !== before) {
    before = sum;
    x = Math.sqrt(x);
    weight /= 2;
    sum -= (1 - x) ** 2 * weight;
  }
  return sum / 3;
}
