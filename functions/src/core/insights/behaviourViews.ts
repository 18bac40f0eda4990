import type { ActivityFound, FirstGenerationsFound, HoursFound, PreferencesFound } from './behaviour.ts';

/** A row of `behaviour/activity.sql`: besides these, generations_decile_1 to 9 and sessions_decile_1 to 9. */
export interface ActivityRow {
  period: string;
  users: number;
  generations: number;
  users_generating: number;
  sessions: number;
  users_with_session: number;
  [decile: `generations_decile_${number}` | `sessions_decile_${number}`]: number;
}

/** What the active users of one period did; without a row there was none. */
export function activityOf(row: ActivityRow | undefined): ActivityFound {
  if (!row) return { users: 0, generations: 0, usersGenerating: 0, sessions: 0, usersWithSession: 0 };
  const { users, generations, sessions } = row;
  return {
    users,
    generations,
    usersGenerating: row.users_generating,
    generationsPerUser: { mean: generations / users, deciles: ninths((k) => row[`generations_decile_${k}`]) },
    sessions,
    usersWithSession: row.users_with_session,
    sessionsPerUser: { mean: sessions / users, deciles: ninths((k) => row[`sessions_decile_${k}`]) },
  };
}

/** A row of `behaviour/preferences.sql`. */
export interface PreferenceRow {
  period: string;
  choice: 'model' | 'kind' | 'style';
  name: string;
  generations: number;
  users: number;
  preferred_by: number;
}

/** Names kept of each choice: more than the catalogue has. */
const MAX_NAMES = 100;

/** What was asked for in one period, the most frequent first. */
export function preferencesOf(rows: readonly PreferenceRow[]): PreferencesFound {
  const of = (choice: PreferenceRow['choice']) => choicesOf(rows.filter((row) => row.choice === choice));
  return { models: of('model'), kinds: of('kind'), styles: of('style') };
}

function choicesOf(rows: readonly PreferenceRow[]): PreferencesFound['models'] {
  const generations = rows.reduce((sum, row) => sum + row.generations, 0);
  const users = rows.reduce((sum, row) => sum + row.preferred_by, 0);
  return rows
    .map((row) => ({
      name: row.name,
      generations: row.generations,
      generationsShare: row.generations / generations,
      users: row.users,
      preferredBy: row.preferred_by,
      preferredShare: row.preferred_by / users,
    }))
    .sort((a, b) => b.generations - a.generations || (a.name < b.name ? -1 : 1))
    .slice(0, MAX_NAMES);
}

/** A row of `behaviour/hours.sql`. */
export interface HourRow {
  period: string;
  hour_of_week: number;
  actions: number;
  users: number;
}

/** When users were active in one period. */
export function hoursOf(rows: readonly HourRow[]): HoursFound {
  const found: HoursFound = { actions: new Array(168).fill(0), users: new Array(168).fill(0) };
  for (const { hour_of_week, actions, users } of rows) {
    found.actions[hour_of_week] = actions;
    found.users[hour_of_week] = users;
  }
  return found;
}

/** A row of `behaviour/firstGenerations.sql`: besides these, decile_1 to 9, null where nobody had signed up before. */
export interface FirstGenerationRow {
  period: string;
  users: number;
  users_after_signup: number;
  total_ms: number;
  [decile: `decile_${number}`]: number | null;
}

/** How long the users took whose first generation was in one period; without a row there was none. */
export function firstGenerationsOf(row: FirstGenerationRow | undefined): FirstGenerationsFound {
  if (!row) return { users: 0, usersAfterSignup: 0 };
  const { users, users_after_signup: usersAfterSignup, total_ms: totalMs } = row;
  return {
    ...{ users, usersAfterSignup },
    ...(usersAfterSignup > 0 && {
      meanMs: totalMs / usersAfterSignup,
      decilesMs: ninths((k) => row[`decile_${k}`]),
    }),
  };
}

const ninths = (decile: (k: number) => number | null | undefined): number[] =>
  [1, 2, 3, 4, 5, 6, 7, 8, 9].map((k) => decile(k) ?? 0);
