import { authUserPage } from '../../platform/auth.ts';
import { users } from '../../platform/collections.ts';
import { documentsAt } from '../../platform/firestore.ts';
import type { User } from './user.ts';

export interface UserPage {
  users: User[];
  /** Where the next page begins; absent on the last one. */
  nextCursor?: string;
}

/** A page of all users, at most 1,000, in the order of Firebase Auth. Throws `invalid_request` for a strange cursor. */
export async function listUsers(limit: number, cursor?: string): Promise<UserPage> {
  const { users: found, ...next } = await authUserPage(limit, cursor);
  if (found.length === 0) return { users: [] };
  const accounts = await documentsAt(found.map(({ uid }) => users().doc(uid)));
  return {
    users: found.map((auth, index) => ({ auth, ...(accounts[index] && { account: accounts[index] }) })),
    ...next,
  };
}
