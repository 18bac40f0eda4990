import assert from 'node:assert/strict';
import { signIn } from '../../../local/auth/accounts.ts';
import { createAccount } from '../../../local/auth/create-account.ts';
import { type Client, clientFor, type QuietStack, quietStack, send } from '../stack/harness.ts';
import { assertRefusal } from './refusal.ts';

/** A Firebase ID token as the Auth emulator makes them: unsigned. */
function forged(claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none', typ: 'JWT' })}.${part(claims)}.`;
}

function claimsOf(idToken: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(idToken.split('.')[1] ?? '', 'base64url').toString());
}

describe('who may ask', () => {
  let stack: QuietStack;
  let ann: Client;

  before(async function () {
    this.timeout(30_000);
    stack = await quietStack();
    ann = await clientFor(stack, 'ann');
  });
  after(() => stack?.stop());

  async function refusedAs(authorization: string | undefined, at = '/generations'): Promise<void> {
    const headers = authorization === undefined ? {} : { Authorization: authorization };
    const answer = await send(`${stack.url}/api/v1${at}`, 'GET', undefined, headers);
    assertRefusal(answer, { status: 401, code: 'unauthenticated' });
    assert.equal(answer.headers.get('www-authenticate'), 'Bearer');
  }

  it('nobody without a token, on any route for signed-in users', async () => {
    const { body } = await send(`${stack.url}/api/v1/openapi.json`);
    const paths = body.paths as Record<string, Record<string, { security?: object[] }>>;
    const readable = Object.entries(paths).filter(([, { get }]) => get);
    const isOpen = ([, { get }]: (typeof readable)[number]) => get?.security?.length === 0;
    assert.deepEqual(
      readable
        .filter(isOpen)
        .map(([path]) => path)
        .sort(),
      ['/api/health', '/api/v1/health'],
    );
    const guarded = readable.filter((entry) => !isOpen(entry));
    assert.ok(guarded.length > 5);
    for (const [path] of guarded) {
      const answer = await send(`${stack.url}${path.replaceAll(/\{\w+\}/g, 'abc')}`);
      assertRefusal(answer, { status: 401, code: 'unauthenticated' });
      assert.equal(answer.headers.get('www-authenticate'), 'Bearer');
    }
  });

  for (const header of ['', 'Basic YTpi', 'Bearer', 'Bearer a.b.c', 'Bearer null', `Token x`]) {
    it(`nobody with "${header}"`, () => refusedAs(header));
  }

  it('nobody with only a token and no scheme', () => refusedAs(ann.idToken));

  it('whoever holds a token, whatever the case of the scheme', async () => {
    const { status } = await send(`${stack.url}/api/v1/models`, 'GET', undefined, {
      Authorization: `bearer ${ann.idToken}`,
    });
    assert.equal(status, 200);
  });

  it('nobody with a token that has expired', async () => {
    const claims = claimsOf(ann.idToken);
    await refusedAs(
      `Bearer ${forged({ ...claims, iat: 1_600_000_000, auth_time: 1_600_000_000, exp: 1_600_003_600 })}`,
    );
  });

  it('nobody with a token of another project, issuer or without a subject', async () => {
    const claims = claimsOf(ann.idToken);
    await refusedAs(`Bearer ${forged({ ...claims, aud: 'another-project' })}`);
    await refusedAs(`Bearer ${forged({ ...claims, iss: 'https://securetoken.google.com/another-project' })}`);
    await refusedAs(`Bearer ${forged({ ...claims, iss: 'https://accounts.google.com' })}`);
    const { sub: _sub, ...nameless } = claims;
    await refusedAs(`Bearer ${forged(nameless)}`);
    await refusedAs(`Bearer ${forged({ ...claims, sub: '' })}`);
  });

  it('only analysts and admins see the services', async () => {
    const expected = { analyst: 200, admin: 200, ingest: 403 } as const;
    for (const [role, status] of Object.entries(expected) as [keyof typeof expected, number][]) {
      const client = await clientFor(stack, `an-${role}`, { role });
      const answer = await client.call('GET', '/health/services');
      assert.equal(answer.status, status, role);
      if (status === 403) assertRefusal(answer, { status: 403, code: 'forbidden' });
    }
    assertRefusal(await ann.call('GET', '/health/services'), { status: 403, code: 'forbidden' });
  });

  it('a role that nobody knows is none', async () => {
    const uid = 'bob';
    const account = { uid, email: 'bob@example.test', password: 'secret-1', role: 'owner' as 'admin' };
    await createAccount(stack.cloud.auth.host, 'demo-dailies', account);
    const { idToken } = await signIn(stack.cloud.auth.host, account.email, account.password);
    const answer = await send(`${stack.url}/api/v1/health/services`, 'GET', undefined, {
      Authorization: `Bearer ${idToken}`,
    });
    assertRefusal(answer, { status: 403, code: 'forbidden' });
  });

  it('a refusal of a write leaves nothing behind', async () => {
    const { writes } = stack.cloud.firestore.usage().total;
    const answer = await send(`${stack.url}/api/v1/generations`, 'POST', {
      model: 'veo-3.1-fast-generate-001',
      prompt: 'x',
      durationSec: 4,
    });
    assertRefusal(answer, { status: 401 });
    assert.equal(stack.cloud.firestore.usage().total.writes, writes);
  });
});
