/** Up to this many users are counted exactly. */
export const EXACT_USERS = 1_000;

/** The precision of the HyperLogLog beyond: 2^14 registers, a standard error of 0.8 %. */
const INDEX_BITS = 14;
export const REGISTERS = 2 ** INDEX_BITS;

/** Bits taken of a user's key: as many as a number holds exactly. Among 1,000 users two meet once in 10^10 cells. */
const USER_BITS = 52;
const RANK_BITS = USER_BITS - INDEX_BITS;
const MAX_RANK = RANK_BITS + 1;
const KEY_START = new RegExp(`^[0-9a-f]{${USER_BITS / 4}}`);

/** The number that stands for a user in a set, from the (hexadecimal) user key; undefined where no user is named. */
export function userOf(userKey: string): number | undefined {
  return KEY_START.test(userKey) ? Number.parseInt(userKey.slice(0, USER_BITS / 4), 16) : undefined;
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
  #exact: Set<number> | undefined = new Set();
  #registers: Uint8Array | undefined;

  /** A HyperLogLog of these registers, as a decoder makes it. */
  static ofRegisters(registers: Uint8Array): DistinctUsers {
    const users = new DistinctUsers();
    users.#exact = undefined;
    users.#registers = registers;
    return users;
  }

  /** The users in rising order, or undefined beyond 1,000. */
  get exact(): number[] | undefined {
    return this.#exact && Array.from(this.#exact).sort((a, b) => a - b);
  }

  /** The registers, or undefined up to 1,000. */
  get registers(): Uint8Array | undefined {
    return this.#registers;
  }

  add(user: number): void {
    if (this.#registers) raise(this.#registers, user);
    this.#exact?.add(user);
    if (this.#exact && this.#exact.size > EXACT_USERS) this.#estimateFromNowOn(this.#exact);
  }

  merge(other: DistinctUsers): void {
    if (other.#exact) for (const user of other.#exact) this.add(user);
    if (!other.#registers) return;
    if (this.#exact) this.#estimateFromNowOn(this.#exact);
    const into = this.#registers ?? new Uint8Array(REGISTERS);
    other.#registers.forEach((rank, at) => {
      if (rank > (into[at] ?? 0)) into[at] = rank;
    });
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
    copy.#exact = this.#exact && new Set(this.#exact);
    copy.#registers = this.#registers?.slice();
    return copy;
  }

  #estimateFromNowOn(users: ReadonlySet<number>): void {
    const registers = new Uint8Array(REGISTERS);
    for (const user of users) raise(registers, user);
    this.#registers = registers;
    this.#exact = undefined;
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
