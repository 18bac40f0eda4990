import type { DatabaseSync } from 'node:sqlite';
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

interface Entry {
  registration: TriggerRegistration;
  matches: PathMatcher;
}

/** The triggers that are registered. They are kept in the database: a commit right after a restart still finds them. */
export class TriggerRegistry {
  #db: DatabaseSync;
  #entries = new Map<string, Entry>();

  constructor(db: DatabaseSync) {
    this.#db = db;
    db.exec('CREATE TABLE IF NOT EXISTS trigger_registration (key TEXT PRIMARY KEY, registration TEXT NOT NULL)');
    for (const row of db.prepare('SELECT registration FROM trigger_registration').all()) {
      this.#keep(JSON.parse(String(row.registration)));
    }
  }

  /** Adds a trigger or replaces the one with the same key. */
  register(registration: TriggerRegistration): void {
    this.#db
      .prepare('INSERT OR REPLACE INTO trigger_registration (key, registration) VALUES (?, ?)')
      .run(registration.key, JSON.stringify(registration));
    this.#keep(registration);
  }

  /** Forgets a trigger; says whether there was one. */
  unregister(key: string): boolean {
    this.#db.prepare('DELETE FROM trigger_registration WHERE key = ?').run(key);
    return this.#entries.delete(key);
  }

  get(key: string): TriggerRegistration | undefined {
    return this.#entries.get(key)?.registration;
  }

  keys(): string[] {
    return [...this.#entries.keys()];
  }

  /** The triggers that want this event of this document; `kind` is `created`, `updated` or `deleted`. */
  matching(database: string, path: string, kind: string): TriggerRegistration[] {
    const found: TriggerRegistration[] = [];
    for (const { registration, matches } of this.#entries.values()) {
      if (registration.database === database && wantsKind(registration.eventType, kind) && matches(path)) {
        found.push(registration);
      }
    }
    return found;
  }

  #keep(registration: TriggerRegistration): void {
    this.#entries.set(registration.key, { registration, matches: compileDocumentFilter(registration.document) });
  }
}

const EVENT_TYPE = /^google\.cloud\.firestore\.document\.v1\.(created|updated|deleted|written)(\.withAuthContext)?$/;

/** Whether this server knows the event type. */
export function isEventType(eventType: string): boolean {
  return EVENT_TYPE.test(eventType);
}

function wantsKind(eventType: string, kind: string): boolean {
  const wanted = EVENT_TYPE.exec(eventType)?.[1];
  return wanted === 'written' || wanted === kind;
}
