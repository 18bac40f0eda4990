import type { DatabaseSync } from 'node:sqlite';
import { invalid } from '../errors.ts';
import { compileDocumentFilter, type PathMatcher } from './path-pattern.ts';

/** One registered trigger, as firebase-tools sends it, with two fields of our own at the end. */
export interface TriggerRegistration {
  /** The last segment of the delivery URL, such as `us-central1-project-0`. */
  key: string;
  /** `google.cloud.firestore.document.v1.{created|updated|deleted|written}`, perhaps with `.withAuthContext`. */
  eventType: string;
  database: string;
  namespace: string;
  document: { value: string; matchType: string };
  /** Where this trigger's functions listen, if not at the server's own functions host. */
  functionsHost?: string;
  /** Whether an event is tried again for 24 h after the function failed. */
  retry: boolean;
}

const EVENT_TYPE = /^google\.cloud\.firestore\.document\.v1\.(created|updated|deleted|written)(\.withAuthContext)?$/;

/** Reads the body with which firebase-tools registers a 2nd gen trigger. Throws INVALID_ARGUMENT. */
export function parseRegistration(key: string, body: Record<string, unknown>): TriggerRegistration {
  const { eventType, database = '(default)', namespace = '(default)', functionsHost, retry = false } = body;
  const document = body.document as { value?: unknown; matchType?: unknown } | undefined;
  const { value, matchType = 'PATH_PATTERN' } = document ?? {};
  if (key === '') throw invalid('eventarcTriggerId is missing');
  if (typeof eventType !== 'string' || !EVENT_TYPE.test(eventType)) throw invalid(`Unknown eventType: ${eventType}`);
  if (typeof value !== 'string' || value === '') throw invalid('document.value is missing');
  if (matchType !== 'PATH_PATTERN' && matchType !== 'EXACT') throw invalid(`Unknown document.matchType: ${matchType}`);
  if (typeof database !== 'string' || typeof namespace !== 'string') throw invalid('database or namespace is no text');
  if (typeof retry !== 'boolean') throw invalid('retry is not true or false');
  if (functionsHost !== undefined && typeof functionsHost !== 'string') throw invalid('functionsHost is no text');
  const own = functionsHost === undefined ? {} : { functionsHost };
  return { key, eventType, database, namespace, document: { value, matchType }, retry, ...own };
}

/** The triggers that are registered. They are kept in the database: a commit right after a restart still finds them. */
export class TriggerRegistry {
  #db: DatabaseSync;
  #entries = new Map<string, TriggerRegistration & { matches: PathMatcher }>();

  constructor(db: DatabaseSync) {
    this.#db = db;
    db.exec('CREATE TABLE IF NOT EXISTS trigger_registration (key TEXT PRIMARY KEY, registration TEXT NOT NULL)');
    const rows = db.prepare('SELECT registration FROM trigger_registration').all();
    for (const row of rows) this.#keep(JSON.parse(String(row.registration)));
  }

  /** Adds a trigger or replaces the one with the same key. */
  register(registration: TriggerRegistration): void {
    const sql = 'INSERT OR REPLACE INTO trigger_registration (key, registration) VALUES (?, ?)';
    this.#db.prepare(sql).run(registration.key, JSON.stringify(registration));
    this.#keep(registration);
  }

  /** Forgets a trigger; says whether there was one. */
  unregister(key: string): boolean {
    this.#db.prepare('DELETE FROM trigger_registration WHERE key = ?').run(key);
    return this.#entries.delete(key);
  }

  get(key: string): TriggerRegistration | undefined {
    return this.#entries.get(key);
  }

  keys(): string[] {
    return [...this.#entries.keys()];
  }

  /** The triggers that want this event of this document; `kind` is `created`, `updated` or `deleted`. */
  matching(database: string, path: string, kind: string): TriggerRegistration[] {
    return [...this.#entries.values()].filter((one) => {
      const wanted = EVENT_TYPE.exec(one.eventType)?.[1];
      return one.database === database && (wanted === 'written' || wanted === kind) && one.matches(path);
    });
  }

  #keep(registration: TriggerRegistration): void {
    this.#entries.set(registration.key, { ...registration, matches: compileDocumentFilter(registration.document) });
  }
}
