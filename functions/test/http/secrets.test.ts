import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { signIn } from '../../../local/auth/accounts.ts';
import { createAccount } from '../../../local/auth/create-account.ts';
import { PROJECT_ID } from '../../../local/stack/project.ts';
import { type Answer, database, type QuietStack, quietStack, script, send } from '../stack/harness.ts';

const PROMPT = 'MARKED-PROMPT';
const NEGATIVE = 'MARKED-NEGATIVE';
const REQUEST_KEY = 'MARKED-REQUEST-KEY';
const REASON = 'MARKED-REASON';
const PASSWORD = 'MARKED-PASSWORD';
const MAIL = 'marked-mail';
const USERS_COMMAND = fileURLToPath(new URL('../../../scripts/users.ts', import.meta.url));

/** Where an administrator's reason is kept on purpose; nowhere else. */
const KEEP_REASONS = ['audit_log', 'credit_ledger', 'users', 'generations'];

describe('a secret is told to nobody', () => {
  let stack: QuietStack;
  /** Texts of API keys and their secret halves, ID tokens and their parts. */
  const credentials = new Set<string>();
  const refusals: Answer[] = [];
  const operatorAnswers: string[] = [];
  const commandTexts: string[] = [];
  const documents: { collection: string; text: string }[] = [];

  const call = async (auth: object, method: string, path: string, body?: unknown, headers = {}): Promise<Answer> => {
    const answer = await send(`${stack.url}/api/v1${path}`, method, body, { ...auth, ...headers });
    if (answer.status >= 400) refusals.push(answer);
    return answer;
  };

  async function signedIn(uid: string, role?: 'admin') {
    const account = { uid, email: `${MAIL}-${uid}@example.test`, password: PASSWORD, ...(role && { role }) };
    await createAccount(stack.cloud.auth.host, PROJECT_ID, account);
    const { idToken } = await signIn(stack.cloud.auth.host, account.email, PASSWORD);
    for (const text of [idToken, idToken.split('.')[1] ?? idToken]) credentials.add(text);
    return { Authorization: `Bearer ${idToken}` };
  }

  function noted({ status, body }: Answer): { id: string; key: string } {
    assert.ok(status === 200 || status === 201, JSON.stringify(body));
    for (const text of [body.key, body.key.split('_')[2]]) credentials.add(text);
    return body;
  }

  async function useKeys(ann: object): Promise<void> {
    const made = noted(await call(ann, 'POST', '/api-keys', { name: 'x', scopes: ['generate'] }));
    const { id, key } = made;
    await call({ 'X-API-Key': key }, 'GET', '/generations');
    await call({ Authorization: `Bearer ${key}` }, 'GET', '/admin/users');
    await call({ ...ann, 'X-API-Key': key }, 'GET', '/me');
    await call({ 'X-API-Key': `${key}, ${key}` }, 'GET', '/me');
    await call({ 'X-API-Key': `${key.slice(0, -1)}g` }, 'GET', '/me');
    await call({ 'X-API-Key': key.replace(/_[A-Za-z0-9]{20}_/, `_${'A'.repeat(20)}_`) }, 'GET', '/me');
    await call(ann, 'GET', `/me/ledger?cursor=${key}`);
    await call(ann, 'GET', `/generations?limit=${key}`);
    await call(ann, 'DELETE', `/api-keys/${key}`);
    await call(ann, 'GET', `/${key}`);
    const next = noted(await call(ann, 'POST', `/api-keys/${id}/rotate`, { graceHours: 0 }));
    assert.equal((await call({ 'X-API-Key': key }, 'GET', '/me')).status, 401);
    await call(ann, 'DELETE', `/api-keys/${id}`);
    await call(ann, 'POST', `/api-keys/${id}/rotate`, {});
    assert.equal((await call({ 'X-API-Key': next.key }, 'GET', '/me')).status, 401);
    await call(ann, 'GET', '/api-keys');
  }

  async function generate(ann: object): Promise<string[]> {
    const wish = { model: 'veo-3.1-lite-generate-001', prompt: PROMPT, negativePrompt: NEGATIVE, durationSec: 4 };
    const key = (n: number) => ({ 'Idempotency-Key': `${REQUEST_KEY}-${n}` });
    const invalid = { submit: { status: 400, message: `Invalid prompt: "${PROMPT}" "${NEGATIVE}"` } };
    const late = { outcome: 'error', error: { code: 3, message: `bad ${PROMPT}` } };
    const ids: string[] = [];
    for (const [n, rule] of [invalid, late, {}].entries()) {
      const prompt = `${PROMPT} ${n}`;
      await script(stack, { match: { prompt }, ...rule });
      ids.push((await call(ann, 'POST', '/generations', { ...wish, prompt }, key(n))).body.id);
    }
    await call(ann, 'POST', '/generations', { ...wish, seed: 5 }, key(0));
    await call(ann, 'POST', '/generations', wish, { 'Idempotency-Key': `${REQUEST_KEY} with a blank` });
    await call(ann, 'POST', '/generations', { ...wish, prompt: PROMPT.repeat(5_000) });
    await call(ann, 'POST', '/generations', `{"prompt": "${PROMPT}`);
    await call(ann, 'POST', '/generations', PROMPT, { 'Content-Type': 'text/plain' });
    await call(ann, 'PUT', '/generations', wish);
    await call(ann, 'DELETE', `/generations/${ids[2]}`);
    await stack.host.drainTasks();
    return ids;
  }

  async function administer(root: object, ids: readonly string[]): Promise<void> {
    const reason = REASON;
    const toldTo = async (method: string, path: string, body?: unknown, headers = {}) =>
      operatorAnswers.push(JSON.stringify((await call(root, method, path, body, headers)).body));
    for (const id of ids) await toldTo('GET', `/admin/generations/${id}`);
    await toldTo('GET', '/admin/generations');
    await toldTo('POST', `/admin/generations/${ids[0]}/replay`, { reason });
    await toldTo('POST', `/admin/generations/${ids[1]}/end`, { reason });
    await stack.host.drainTasks();
    await call(root, 'POST', '/admin/users/ann/credits', { credits: 5, reason }, { 'Idempotency-Key': 'pay' });
    await call(root, 'POST', '/admin/users/ann/credits', { credits: 6, reason }, { 'Idempotency-Key': 'pay' });
    await call(root, 'POST', '/admin/users/ann/credits', { kind: 'adjustment', credits: -1e9, reason });
    await call(root, 'PATCH', '/admin/users/root', { role: 'none', reason });
    await call(root, 'GET', '/admin/users');
    await call(root, 'PATCH', '/admin/settings', { intake: { open: false, costUsdMicrosPerDay: null }, reason });
    await toldTo('GET', '/admin/audit-log');
  }

  function users(...args: string[]): Promise<void> {
    const env = {
      ...{ PATH: process.env.PATH, HOME: process.env.HOME, GCLOUD_PROJECT: PROJECT_ID },
      ...{ FIRESTORE_EMULATOR_HOST: stack.cloud.firestore.host, METADATA_SERVER_DETECTION: 'none' },
      FIREBASE_AUTH_EMULATOR_HOST: stack.cloud.auth.host,
    };
    return new Promise((done) => {
      execFile(process.execPath, [USERS_COMMAND, ...args], { env, timeout: 20_000 }, (_error, out, err) => {
        commandTexts.push(`${out}${err}`);
        done();
      });
    });
  }

  before(async function () {
    this.timeout(60_000);
    stack = await quietStack();
    const [ann, bob, root] = [await signedIn('ann'), await signedIn('bob'), await signedIn('root', 'admin')];
    await useKeys(ann);
    const ids = await generate(ann);
    await call(bob, 'GET', `/generations/${ids[0]}`);
    await administer(root, ids);
    await call(ann, 'POST', '/generations', { model: 'veo-3.1-lite-generate-001', prompt: PROMPT, durationSec: 4 });
    const { generations } = (await call(ann, 'GET', '/generations')).body;
    assert.equal(generations.length, ids.length + 1, 'one was asked for anew');
    for (const { id } of generations) assert.equal((await call(ann, 'DELETE', `/generations/${id}`)).status, 200);
    await users('suspend', `${MAIL}-bob@example.test`, '--reason', REASON);
    await users('role', `${MAIL}-ann@example.test`, 'analyst', '--reason', REASON);
    await users('credit', `${MAIL}-ann@example.test`, '5000000000', '--reason', REASON);
    await users('list', '--json');
    await stack.host.advanceBy(60_000);
    await call(bob, 'GET', '/me');
    await call(ann, 'GET', '/me');
    for (let n = 0; n <= 60; n++) await call({}, 'GET', '/me');
    await stack.host.settle();
    for (const collection of await (await database()).listCollections()) {
      for (const doc of (await collection.get()).docs) {
        documents.push({ collection: collection.id, text: JSON.stringify([doc.id, doc.data()]) });
      }
    }
  });
  after(() => stack?.stop());

  const assertNone = (text: string, marks: Iterable<string>, where: string) => {
    for (const mark of marks) {
      const at = text.toLowerCase().indexOf(mark.toLowerCase());
      assert.equal(at, -1, `${where} tells ${mark.slice(0, 24)}: …${text.slice(Math.max(0, at - 200), at + 60)}…`);
    }
  };
  const words = [PROMPT, NEGATIVE, REQUEST_KEY];
  const secrets = () => [...credentials, PASSWORD];
  const inCollections = (names: readonly string[]) => documents.filter(({ collection }) => names.includes(collection));

  it('the run has met every kind of refusal', () => {
    const statuses = new Set(refusals.map(({ status }) => status));
    for (const status of [400, 401, 403, 404, 405, 409, 415, 422, 429]) assert.ok(statuses.has(status), `${status}`);
    for (const status of statuses) assert.ok(status < 500, `${status}`);
  });

  it('by no log line', () => {
    assert.ok(stack.logs.lines.length > 100);
    assertNone(stack.logs.text(), [...secrets(), ...words, REASON, MAIL], 'the log');
  });

  it('by no refusal', () => {
    for (const { body } of refusals) {
      assertNone(JSON.stringify(body), [...secrets(), ...words, REASON, MAIL], 'a refusal');
    }
  });

  it('by no event, nor by what was measured', () => {
    const found = inCollections(['analytics_events', 'video_generation_metrics', 'projection_state']);
    assert.ok(found.length >= 10);
    for (const { collection, text } of found) {
      assertNone(text, [...secrets(), ...words, REASON, MAIL], collection);
    }
  });

  it('by no document at all, once the generations are deleted', () => {
    const names = new Set(documents.map(({ collection }) => collection));
    for (const name of ['audit_log', 'api_keys', 'users', 'generations', 'credit_ledger', 'settings']) {
      assert.ok(names.has(name), name);
    }
    for (const { collection, text } of documents) {
      const reasons = KEEP_REASONS.includes(collection) ? [] : [REASON];
      assertNone(text, [...secrets(), ...words, MAIL, ...reasons], collection);
    }
  });

  it('by the audit log, which tells of each change and its reason', () => {
    const told = inCollections(['audit_log']).map(({ text }) => JSON.parse(text)[1]);
    const actions = [...new Set(told.map(({ action }) => action))].sort();
    assert.deepEqual(actions, [
      ...['api_key.created', 'api_key.revoked', 'api_key.rotated', 'credits.grant', 'generation.deleted'],
      ...['generation.replayed', 'settings.changed', 'user.role_changed', 'user.suspended'],
    ]);
    for (const { action, reason } of told) {
      const own = action.startsWith('api_key.') || action === 'generation.deleted';
      assert.equal(reason, own ? undefined : REASON, action);
    }
  });

  it('by what operators are shown', () => {
    assert.ok(operatorAnswers.length >= 7);
    for (const text of operatorAnswers) assertNone(text, [...secrets(), ...words, MAIL], 'an operator’s view');
  });

  it('by the users command', () => {
    assert.match(commandTexts.join(''), new RegExp(`${MAIL}-bob@`), 'addresses are shown to whoever asks for them');
    for (const text of commandTexts) assertNone(text, [...secrets(), ...words], 'the command');
  });
});
