import { DatabaseSync } from 'node:sqlite';
import type { EmulatorUser, ProjectState } from './emulator-internals.ts';

/** Accounts on disk, one row each, in the emulator's own form. */
export class KeptAccounts {
  readonly #db: DatabaseSync;

  constructor(file: string) {
    this.#db = new DatabaseSync(file);
    // Survives the end of the process, which is what is promised here; the end of the machine is not.
    this.#db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
    this.#db.exec('CREATE TABLE IF NOT EXISTS accounts (localId TEXT PRIMARY KEY, user TEXT) STRICT, WITHOUT ROWID');
  }

  /** Fills `state` with what was kept, then keeps every change in it before the request that made it is answered. */
  attach(state: ProjectState): void {
    for (const { localId, providerUserInfo, ...fields } of this.#read()) {
      state.users.set(localId, { localId });
      state.updateUserByLocalId(localId, fields, { upsertProviders: providerUserInfo ?? [] });
    }
    const { updateUserByLocalId, deleteUser, deleteAllAccounts } = state;
    // Every creation, too, ends in an update.
    state.updateUserByLocalId = (...args) => {
      const user = updateUserByLocalId.apply(state, args);
      this.#save(user);
      return user;
    };
    state.deleteUser = (user) => {
      deleteUser.call(state, user);
      this.#db.prepare('DELETE FROM accounts WHERE localId = ?').run(user.localId);
    };
    state.deleteAllAccounts = () => {
      deleteAllAccounts.call(state);
      this.#db.exec('DELETE FROM accounts');
    };
  }

  close(): void {
    this.#db.close();
  }

  #read(): EmulatorUser[] {
    const rows = this.#db.prepare('SELECT user FROM accounts').all();
    return rows.map(({ user }) => JSON.parse(String(user)));
  }

  #save(user: EmulatorUser): void {
    this.#db.prepare('INSERT OR REPLACE INTO accounts VALUES (?, ?)').run(user.localId, JSON.stringify(user));
  }
}
