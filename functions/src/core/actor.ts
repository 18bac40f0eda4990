export const ROLES = ['admin', 'analyst', 'ingest'] as const;
export type Role = (typeof ROLES)[number];

/** What an API key may be used for. */
export const SCOPES = ['generate', 'ingest', 'read:analytics', 'scrape', 'manage:alerts'] as const;
export type Scope = (typeof SCOPES)[number];

/** Who asks: a signed-in user, or a service with a key of that user's. */
export interface Actor {
  uid: string;
  role?: Role;
  premium: boolean;
  /** Present when an API key was sent, and then nothing outside its scopes is allowed. */
  key?: { id: string; scopes: readonly Scope[] };
}
