export const ROLES = ['admin', 'analyst', 'ingest'] as const;
export type Role = (typeof ROLES)[number];

/** Who asks. */
export interface Actor {
  uid: string;
  role?: Role;
  premium: boolean;
}
