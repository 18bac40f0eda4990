import { listUsers, type UserView, userView } from '../../functions/src/features/administration/index.ts';

/** Users read at once, the most that Firebase Auth gives. */
const PAGE = 1_000;

/** All users, in the order of Firebase Auth. */
export async function everybody(): Promise<UserView[]> {
  const all: UserView[] = [];
  let cursor: string | undefined;
  do {
    const page = await listUsers(PAGE, cursor);
    all.push(...page.users.map(userView));
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return all;
}
