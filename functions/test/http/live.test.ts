import assert from 'node:assert/strict';
import type { Firestore } from 'firebase-admin/firestore';
import { type RunningAuth, startAuth } from '../../../local/auth/server.ts';
import { MovableClock } from '../../../local/clock.ts';
import { type RunningFirestore, startFirestore } from '../../../local/firestore/index.ts';
import { endFirebaseApps } from '../../../local/stack/firebase-apps.ts';
import { INDEXES_FILE, PROJECT_ID } from '../../../local/stack/project.ts';
import { createKey, revokeKey } from '../../src/features/access/index.ts';
import { setRole, suspend } from '../../src/features/administration/index.ts';
import { liveApp } from '../../src/http/live/app.ts';
import { LIVE_LIMITS, type LiveLimits } from '../../src/http/live/limits.ts';
import { firestore as databaseOfFunctions } from '../../src/platform/firestore.ts';
import { type Client, capturedLogs, clientFor, type Logs } from '../stack/harness.ts';
import { type LiveViewer, record, submitted, viewerOf } from '../stack/liveClient.ts';

/** A Firebase ID token as the Auth emulator makes them, unsigned, with other times. */
function changedToken(idToken: string, change: object): string {
  const [head, body = ''] = idToken.split('.');
  const claims = { ...JSON.parse(Buffer.from(body, 'base64url').toString()), ...change };
  return `${head}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.`;
}

const BY = { actor: { cli: 'test' }, from: 'cli' };

describe('how a live stream is kept', () => {
  let auth: RunningAuth;
  let firestore: RunningFirestore;
  let db: Firestore;
  let logs: Logs;
  let analyst: Client;
  const open: LiveViewer[] = [];

  before(async function () {
    this.timeout(60_000);
    logs = capturedLogs();
    await endFirebaseApps();
    auth = await startAuth({ projectId: PROJECT_ID });
    firestore = await startFirestore({ projectId: PROJECT_ID, clock: new MovableClock(), indexesFile: INDEXES_FILE });
    Object.assign(process.env, {
      FIRESTORE_EMULATOR_HOST: firestore.host,
      FIREBASE_AUTH_EMULATOR_HOST: auth.host,
      GCLOUD_PROJECT: PROJECT_ID,
      METADATA_SERVER_DETECTION: 'none',
      ALLOWED_ORIGINS: 'https://studio.example',
    });
    analyst = await user('ada');
    db = databaseOfFunctions();
  });
  afterEach(() => {
    for (const viewer of open.splice(0)) viewer.close();
  });
  after(async () => {
    await endFirebaseApps();
    for (const name of ['FIRESTORE_EMULATOR_HOST', 'FIREBASE_AUTH_EMULATOR_HOST', 'ALLOWED_ORIGINS']) {
      delete process.env[name];
    }
    await firestore?.stop();
    await auth?.stop();
    logs?.restore();
  });

  const user = (uid: string) => clientFor({ url: '', authHost: auth.host }, uid, { role: 'analyst' });
  function ask(limits: Partial<LiveLimits>, headers: Record<string, string>, query = '', signal?: AbortSignal) {
    const app = liveApp({ ...LIVE_LIMITS, ...limits });
    return app.request(`/api/v1/live${query}`, { headers, ...(signal && { signal }) });
  }
  async function watch(limits: Partial<LiveLimits>, idToken = analyst.idToken, query = ''): Promise<LiveViewer> {
    return watchAs({ Authorization: `Bearer ${idToken}` }, limits, query);
  }
  async function watchAs(headers: Record<string, string>, limits: Partial<LiveLimits>, query = '') {
    const answer = await ask(limits, headers, query);
    const viewer = await viewerOf(answer, () => undefined);
    open.push(viewer);
    return viewer;
  }
  const last = (viewer: LiveViewer) => viewer.told.at(-1) ?? assert.fail();

  it('shows that it is alive', async () => {
    const viewer = await watch({ heartbeatMs: 5 });
    await viewer.until('three heartbeats', () => viewer.comments() >= 3);
    assert.equal(viewer.told.length, 1);
  });

  it('says how far a viewer is whom nothing concerns, so that coming back costs little', async () => {
    const viewer = await watch({ heartbeatMs: 20 }, analyst.idToken, '?types=signup');
    await record(db, submitted('unwanted-1'), submitted('unwanted-2'));
    await viewer.until('a position', (told) => told.some(({ event }) => event === 'position'));
    const { id, data } = last(viewer);
    assert.deepEqual(data, {});
    assert.notEqual(id, viewer.told[0]?.id);
    const comments = viewer.comments();
    await viewer.until('a heartbeat', () => viewer.comments() > comments);
    assert.equal(viewer.told.filter(({ event }) => event === 'position').length, 1, 'said once');
  });

  it('ends when the ID token does', async () => {
    const expiresInSec = Math.floor(performance.timeOrigin / 1_000 + performance.now() / 1_000) + 2;
    const viewer = await watch({}, changedToken(analyst.idToken, { exp: expiresInSec }));
    await viewer.ended;
    assert.equal(last(viewer).event, 'bye');
    assert.deepEqual(last(viewer).data, { reason: 'token_expired' });
  });

  it('ends before the function would be cut off', async () => {
    const viewer = await watch({ longestMs: 20 });
    await viewer.ended;
    assert.deepEqual(last(viewer).data, { reason: 'time_limit' });
  });

  const endings = [
    { what: 'somebody who is suspended', uid: 'sue', reason: 'suspended', end: () => suspend(BY, 'sue', 'abuse') },
    {
      what: 'a role that is gone',
      uid: 'rob',
      reason: 'unauthenticated',
      end: () => setRole(BY, 'rob', undefined, 'x'),
    },
  ];
  for (const { what, uid, reason, end } of endings) {
    it(`ends for ${what}`, async () => {
      const { idToken } = await user(uid);
      const viewer = await watch({ recheckMs: 20 }, idToken);
      await end();
      await viewer.ended;
      assert.deepEqual(last(viewer), { id: undefined, event: 'bye', data: { reason } });
    });
  }

  it('ends for a key that is revoked', async () => {
    const actor = { uid: 'ada', role: 'analyst' as const, premium: false };
    const { key, text } = await createKey(actor, 'cli', { name: 'tail', scopes: ['read:analytics'] });
    const viewer = await watchAs({ 'X-API-Key': text }, { recheckMs: 20 });
    await revokeKey(actor, 'cli', key.id);
    await viewer.ended;
    assert.deepEqual(last(viewer).data, { reason: 'unauthenticated' });
  });

  it('leaves a viewer behind who does not read, and nobody else', async () => {
    const unread = await ask({ waitingFrames: 50 }, { Authorization: `Bearer ${analyst.idToken}` });
    const quick = await watch({ waitingFrames: 50 });
    const ids: string[] = [];
    for (let batch = 0; batch < 5; batch++) {
      ids.push(...(await record(db, ...Array.from({ length: 30 }, (_, n) => submitted(`slow-${batch}-${n}`)))));
      await quick.until('the batch', () => quick.eventIds().length === ids.length);
    }
    assert.deepEqual(new Set(quick.eventIds()), new Set(ids));
    const slow = await viewerOf(unread, () => undefined);
    await slow.ended;
    assert.equal(last(slow).event, 'overflow');
    assert.ok(slow.eventIds().length < 10, 'what waited was dropped');
    const again = await watchAs(
      { Authorization: `Bearer ${analyst.idToken}`, 'Last-Event-ID': slow.lastId() ?? '' },
      {},
    );
    await again.until('the rest', () => slow.eventIds().length + again.eventIds().length >= ids.length);
    assert.deepEqual([...slow.eventIds(), ...again.eventIds()], quick.eventIds());
  });

  it('cuts off a viewer who does not even read why', async () => {
    const answer = await ask({ waitingFrames: 5, lastWordMs: 20 }, { Authorization: `Bearer ${analyst.idToken}` });
    const quick = await watch({});
    await record(db, ...Array.from({ length: 20 }, (_, n) => submitted(`deaf-${n}`)));
    await quick.until('all', () => quick.eventIds().length === 20);
    const reader = (answer.body ?? assert.fail()).getReader();
    await assert.rejects(reader.closed, { name: 'AbortError' });
  });

  it('goes on by itself when Firestore was away', async () => {
    const viewer = await watch({});
    const before = await record(db, submitted('outage-1'));
    await viewer.until('the first', () => viewer.eventIds().length === 1);
    const { port } = firestore;
    await firestore.stop();
    firestore = await startFirestore({
      projectId: PROJECT_ID,
      clock: new MovableClock(),
      indexesFile: INDEXES_FILE,
      port,
    });
    const after = await record(db, submitted('outage-2'));
    await viewer.until('the second', () => viewer.eventIds().length === 2);
    assert.deepEqual(viewer.eventIds(), [...before, ...after]);
  });

  it('lets pages of the configured origins in, and no others', async () => {
    const headers = { Authorization: `Bearer ${analyst.idToken}` };
    const asked = async (origin: string) => {
      const answer = await ask({}, { ...headers, Origin: origin });
      await answer.body?.cancel();
      return answer.headers;
    };
    const known = await asked('https://studio.example');
    assert.equal(known.get('access-control-allow-origin'), 'https://studio.example');
    assert.equal((await asked('https://elsewhere.example')).get('access-control-allow-origin'), null);
    assert.equal(known.get('cache-control'), 'private, no-store');
    assert.equal(known.get('vary')?.includes('Authorization'), true);
    const preflight = await liveApp().request('/api/v1/live', {
      method: 'OPTIONS',
      headers: { Origin: 'https://studio.example', 'Access-Control-Request-Method': 'GET' },
    });
    assert.match(preflight.headers.get('access-control-allow-headers') ?? '', /Last-Event-ID/);
  });
});
