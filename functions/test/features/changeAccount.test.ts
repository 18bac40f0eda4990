import assert from 'node:assert/strict';
import { createAccount } from '../../../local/auth/create-account.ts';
import { type RunningAuth, startAuth } from '../../../local/auth/server.ts';
import { MovableClock } from '../../../local/clock.ts';
import { type RunningFirestore, startFirestore } from '../../../local/firestore/index.ts';
import { endFirebaseApps } from '../../../local/stack/firebase-apps.ts';
import { INDEXES_FILE, PROJECT_ID } from '../../../local/stack/project.ts';
import { changeAccount } from '../../src/features/administration/changeAccount.ts';
import { setRole, setTier } from '../../src/features/administration/index.ts';
import { authUser } from '../../src/features/administration/user.ts';
import { users } from '../../src/platform/collections.ts';

const BY = { actor: { cli: 'test' }, from: 'cli' };

describe('a change of an account', () => {
  let auth: RunningAuth;
  let firestore: RunningFirestore;

  before(async () => {
    await endFirebaseApps();
    auth = await startAuth({ projectId: PROJECT_ID });
    firestore = await startFirestore({ projectId: PROJECT_ID, clock: new MovableClock(), indexesFile: INDEXES_FILE });
    Object.assign(process.env, {
      FIRESTORE_EMULATOR_HOST: firestore.host,
      FIREBASE_AUTH_EMULATOR_HOST: auth.host,
      GCLOUD_PROJECT: PROJECT_ID,
      METADATA_SERVER_DETECTION: 'none',
    });
  });
  after(async () => {
    await endFirebaseApps();
    delete process.env.FIRESTORE_EMULATOR_HOST;
    delete process.env.FIREBASE_AUTH_EMULATOR_HOST;
    await firestore?.stop();
    await auth?.stop();
  });

  it('that looked before a role was taken does not give it back', async () => {
    const account = { uid: 'cal', email: 'cal@example.test', password: 'secret-1', role: 'admin' as const };
    await createAccount(auth.host, PROJECT_ID, account);
    await setTier(BY, 'cal', 'premium', 'a test');
    const looked = await authUser('cal');
    assert.equal(looked.role, 'admin');
    await setRole(BY, 'cal', undefined, 'a test');
    const audit = { action: 'user.looked_at' };
    const changed = await changeAccount(BY, looked, (found) => ({ account: found, entries: [], audit }));
    assert.equal(changed.role, undefined);
    assert.equal((await users().doc('cal').get()).get('role'), undefined);
  });
});
