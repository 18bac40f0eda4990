import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type App, deleteApp, initializeApp } from 'firebase-admin/app';
import { type Auth, getAuth } from 'firebase-admin/auth';
import { signIn } from '../../auth/accounts.ts';
import { loadAuthEmulator } from '../../auth/emulator-internals.ts';
import { type RunningAuth, startAuth } from '../../auth/server.ts';

const PROJECT_ID = 'demo-auth';
const PASSWORD = 'correct horse';

describe('auth: firebase-tools emulator in process', () => {
  const hostBefore = process.env.FIREBASE_AUTH_EMULATOR_HOST;
  const dataDir = mkdtempSync(join(tmpdir(), 'dailies-auth-'));
  let server: RunningAuth;
  let app: App;
  let auth: Auth;

  before(async () => {
    server = await startAuth({ projectId: PROJECT_ID, dataDir });
    process.env.FIREBASE_AUTH_EMULATOR_HOST = server.host;
    app = initializeApp({ projectId: PROJECT_ID }, 'auth-test');
    auth = getAuth(app);
  });

  after(async () => {
    await deleteApp(app);
    await server.stop();
    if (hostBefore === undefined) delete process.env.FIREBASE_AUTH_EMULATOR_HOST;
    else process.env.FIREBASE_AUTH_EMULATOR_HOST = hostBefore;
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('listens on 127.0.0.1', () => {
    assert.equal(server.host, `127.0.0.1:${server.port}`);
  });

  it('signs in by password, with custom claims in the token', async () => {
    const { uid } = await auth.createUser({ email: 'ada@example.com', password: PASSWORD, displayName: 'Ada' });
    await auth.setCustomUserClaims(uid, { role: 'admin', premium: true });
    const signedIn = await signIn(server.host, 'ada@example.com', PASSWORD);
    assert.equal(signedIn.uid, uid);
    const token = await auth.verifyIdToken(signedIn.idToken, true);
    assert.deepEqual([token.uid, token.role, token.premium, token.email], [uid, 'admin', true, 'ada@example.com']);
  });

  it('refuses a wrong password', async () => {
    await auth.createUser({ email: 'bob@example.com', password: PASSWORD });
    await assert.rejects(signIn(server.host, 'bob@example.com', 'wrong'), /INVALID_PASSWORD|INVALID_LOGIN_CREDENTIALS/);
  });

  it('gives a new ID token for a refresh token', async () => {
    const { uid } = await auth.createUser({ email: 'cyd@example.com', password: PASSWORD });
    const { refreshToken } = await signIn(server.host, 'cyd@example.com', PASSWORD);
    const answer = await fetch(`http://${server.host}/securetoken.googleapis.com/v1/token?key=local`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: refreshToken }),
    });
    const { id_token: idToken } = (await answer.json()) as { id_token: string };
    assert.equal((await auth.verifyIdToken(idToken)).uid, uid);
  });

  it('signs up anonymously and by custom token', async () => {
    const url = `http://${server.host}/identitytoolkit.googleapis.com/v1`;
    const post = async (path: string, body: object) => {
      const answer = await fetch(`${url}/${path}?key=local`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ returnSecureToken: true, ...body }),
      });
      return (await answer.json()) as { idToken: string };
    };
    const anonymous = await auth.verifyIdToken((await post('accounts:signUp', {})).idToken);
    assert.equal(anonymous.firebase.sign_in_provider, 'anonymous');
    const token = await auth.createCustomToken('custom-uid', { role: 'ingest' });
    const custom = await auth.verifyIdToken((await post('accounts:signInWithCustomToken', { token })).idToken);
    assert.deepEqual([custom.uid, custom.role], ['custom-uid', 'ingest']);
  });

  it('lists, finds, updates and deletes accounts', async () => {
    const { uid } = await auth.createUser({ email: 'dee@example.com', password: PASSWORD });
    await auth.updateUser(uid, { displayName: 'Dee', disabled: true });
    const found = await auth.getUserByEmail('dee@example.com');
    assert.deepEqual([found.displayName, found.disabled], ['Dee', true]);
    const listed = (await auth.listUsers(1000)).users.map((user) => user.uid);
    assert.ok(listed.includes(uid));
    await auth.deleteUser(uid);
    await assert.rejects(auth.getUser(uid), { code: 'auth/user-not-found' });
  });

  it('keeps accounts, claims, passwords and revocations over a restart that follows no orderly stop', async () => {
    const { uid } = await auth.createUser({ uid: 'kept', email: 'eve@example.com', password: PASSWORD });
    await auth.setCustomUserClaims(uid, { role: 'analyst' });
    const { idToken } = await signIn(server.host, 'eve@example.com', PASSWORD);
    const before = (await auth.getUser(uid)).toJSON();
    await auth.createUser({ uid: 'gone', email: 'gone@example.com' });
    await auth.deleteUser('gone');

    // A second server on the same files, while the first still has them open: as after SIGKILL.
    const second = await startAuth({ projectId: PROJECT_ID, dataDir });
    process.env.FIREBASE_AUTH_EMULATOR_HOST = second.host;
    const secondApp = initializeApp({ projectId: PROJECT_ID }, 'auth-test-second');
    try {
      const secondAuth = getAuth(secondApp);
      assert.deepEqual((await secondAuth.getUser(uid)).toJSON(), before);
      await assert.rejects(secondAuth.getUser('gone'), { code: 'auth/user-not-found' });
      const again = await signIn(second.host, 'eve@example.com', PASSWORD);
      assert.equal((await secondAuth.verifyIdToken(again.idToken, true)).role, 'analyst');
      assert.equal((await secondAuth.verifyIdToken(idToken, true)).uid, uid);
    } finally {
      process.env.FIREBASE_AUTH_EMULATOR_HOST = server.host;
      await deleteApp(secondApp);
      await second.stop();
    }
  });

  it('refuses a token from before a revocation', async () => {
    const { uid } = await auth.createUser({ email: 'flo@example.com', password: PASSWORD });
    const { idToken } = await signIn(server.host, 'flo@example.com', PASSWORD);
    // A revocation counts in whole seconds, so it is set ahead instead of waiting for the next one.
    const validSince = Math.floor(Date.now() / 1000) + 5;
    const answer = await fetch(
      `http://${server.host}/identitytoolkit.googleapis.com/v1/projects/${PROJECT_ID}/accounts:update`,
      {
        method: 'POST',
        headers: { Authorization: 'Bearer owner', 'Content-Type': 'application/json' },
        body: JSON.stringify({ localId: uid, validSince: String(validSince) }),
      },
    );
    assert.equal(answer.status, 200);
    await assert.rejects(auth.verifyIdToken(idToken, true), { code: 'auth/id-token-revoked' });
  });

  it('wipes all accounts, and they stay wiped', async () => {
    await auth.createUser({ uid: 'wiped' });
    const answer = await fetch(`http://${server.host}/emulator/v1/projects/${PROJECT_ID}/accounts`, {
      method: 'DELETE',
      headers: { Authorization: 'Bearer owner' },
    });
    assert.equal(answer.status, 200);
    const second = await startAuth({ projectId: PROJECT_ID, dataDir });
    const lookup = await fetch(
      `http://${second.host}/identitytoolkit.googleapis.com/v1/projects/${PROJECT_ID}/accounts:batchGet`,
      { headers: { Authorization: 'Bearer owner' } },
    );
    const { users = [] } = (await lookup.json()) as { users?: unknown[] };
    await second.stop();
    assert.deepEqual(users, []);
  });
});

describe('auth: the internals of firebase-tools that are used', () => {
  it('are where they were, and the trimmed API document keeps what is needed', () => {
    const { AgentProjectState, createApp, paths } = loadAuthEmulator();
    const state = new AgentProjectState('demo-x');
    const methods = [createApp, state.updateUserByLocalId, state.deleteUser, state.deleteAllAccounts];
    assert.deepEqual(
      methods.map((method) => typeof method),
      methods.map(() => 'function'),
    );
    assert.ok(state.users instanceof Map);
    assert.equal(paths.length, 32);
  });
});
