import { GoogleError } from '../google-errors.ts';

/** A call for one of the things that have a name. */
interface NamedCall {
  method: string;
  project: string;
  id: string | undefined;
  query: URLSearchParams;
  body: unknown;
  /** Throws CheckError for what is refused. */
  read: (json: unknown) => object;
}

type Stored = Record<string, unknown> & { name: string };

/** Alert policies or dashboards, as they were sent, by their name. */
export class Named {
  readonly #collection: string;
  readonly #byName = new Map<string, Stored>();
  #made = 0;

  constructor(collection: string) {
    this.#collection = collection;
  }

  all(): Stored[] {
    return [...this.#byName.values()];
  }

  clear(): void {
    this.#byName.clear();
  }

  /** What the call is answered; undefined when there is no such call. Throws GoogleError for a name that is not there. */
  call({ method, project, id, query, body, read }: NamedCall): unknown {
    const path = `projects/${project}/${this.#collection}`;
    if (id === undefined && method === 'GET') return { [this.#collection]: this.all() };
    if (id === undefined && method === 'POST') {
      read(body);
      return this.#keep({ ...(body as object), name: `${path}/${1_000 + this.#made++}` }, query);
    }
    const known = this.#byName.get(`${path}/${id}`);
    if (!known) throw new GoogleError(404, `Could not find ${path}/${id}.`);
    if (method === 'GET') return known;
    if (method === 'DELETE') return this.#byName.delete(known.name) && {};
    if (method !== 'PATCH') return undefined;
    const mask = query.get('updateMask');
    const { etag, ...changed } = body as Record<string, unknown>;
    if (etag !== undefined && etag !== known.etag) throw new GoogleError(409, `The etag of ${known.name} is another.`);
    const next =
      mask === null ? { ...changed, name: known.name } : { ...known, ...masked(changed, mask), name: known.name };
    read(next);
    return this.#keep(next, query);
  }

  #keep(thing: Stored, query: URLSearchParams): Stored {
    if (query.get('validateOnly') === 'true') return thing;
    const kept = this.#collection === 'dashboards' ? { ...thing, etag: String(this.#made++) } : thing;
    this.#byName.set(kept.name, kept);
    return kept;
  }
}

/** The fields that a mask names; those that are not in `body` are emptied. */
function masked(body: Record<string, unknown>, mask: string): Record<string, unknown> {
  const camel = (name: string) => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return Object.fromEntries(mask.split(',').map((name) => [camel(name), body[camel(name)]]));
}
