import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** Prepares SQL statements once, each under its name. */
export function prepared<Name extends string>(
  db: DatabaseSync,
  statements: Record<Name, string>,
): Record<Name, StatementSync> {
  const entries = Object.entries<string>(statements).map(([name, text]) => [name, db.prepare(text)]);
  return Object.fromEntries(entries);
}
