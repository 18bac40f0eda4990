/** Sets values in `process.env` and can put back what was there. */
export class Environment {
  #before = new Map<string, string | undefined>();

  /** An undefined value unsets its key. */
  set(values: Readonly<Record<string, string | undefined>>): void {
    for (const [key, value] of Object.entries(values)) {
      if (!this.#before.has(key)) this.#before.set(key, process.env[key]);
      assign(key, value);
    }
  }

  /** Undoes every `set`. */
  restore(): void {
    for (const [key, value] of this.#before) assign(key, value);
    this.#before.clear();
  }
}

function assign(key: string, value: string | undefined): void {
  if (value === undefined) delete process.env[key];
  else process.env[key] = value;
}
