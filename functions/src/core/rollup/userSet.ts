/** Marks a place where nobody is. */
const NOBODY = -1;
const FIRST_PLACES = 8;
/** Users are numbers of 52 bits, evenly spread; the first 31 of them say where one is looked for. */
const SPREAD = 2 ** 21;

/**
 * Distinct users: a hash table of their numbers, which are hashes already. A Set would make an object of every number, and
 * take most of a fold.
 */
export class UserSet {
  #size = 0;
  /** A power of two of places, at most half of them taken. */
  #places = new Float64Array(0);

  get size(): number {
    return this.#size;
  }

  add(user: number): void {
    if (2 * this.#size >= this.#places.length) this.#growTo(Math.max(FIRST_PLACES, 2 * this.#places.length));
    this.#put(user);
  }

  addAll(other: UserSet): void {
    // Taken over in the order of their places, users would crowd together in a smaller table.
    if (other.#places.length > this.#places.length) this.#growTo(other.#places.length);
    other.each((user) => this.add(user));
  }

  each(visit: (user: number) => void): void {
    eachOf(this.#places, visit);
  }

  /** All of them, in rising order. */
  sorted(): Float64Array {
    const users = new Float64Array(this.#size);
    let at = 0;
    this.each((user) => {
      users[at++] = user;
    });
    return users.sort();
  }

  clone(): UserSet {
    const copy = new UserSet();
    copy.#size = this.#size;
    copy.#places = this.#places.slice();
    return copy;
  }

  #put(user: number): void {
    const places = this.#places;
    const last = places.length - 1;
    let at = (user / SPREAD) & last;
    while (places[at] !== NOBODY) {
      if (places[at] === user) return;
      at = (at + 1) & last;
    }
    places[at] = user;
    this.#size++;
  }

  #growTo(length: number): void {
    const users = this.#places;
    this.#places = new Float64Array(length).fill(NOBODY);
    this.#size = 0;
    eachOf(users, (user) => this.#put(user));
  }
}

function eachOf(places: Float64Array, visit: (user: number) => void): void {
  for (let at = 0; at < places.length; at++) {
    const user = places[at] ?? NOBODY;
    if (user !== NOBODY) visit(user);
  }
}
