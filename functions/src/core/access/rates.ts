/** Requests a minute that an instance takes from one address without a valid sign-in, failed sign-ins included. */
export const ANONYMOUS_PER_MINUTE = 60;

/** Requests a minute that an instance takes from one user, or with one key, for all routes of a class together. */
export const PER_MINUTE = {
  read: 600,
  write: 120,
  /** Keys are made and changed by hand. */
  keys: 30,
  /** What an administrator does is costly or far-reaching. */
  admin: 300,
} as const;

export type RateClass = keyof typeof PER_MINUTE;
