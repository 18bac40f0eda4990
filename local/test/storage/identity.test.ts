import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { GoogleAuth } from 'google-auth-library';
import { type Started, startWithClient } from './started.ts';

describe('storage: the local account', () => {
  let started: Started;
  before(async () => {
    started = await startWithClient();
  });
  after(() => started.stop());

  const tokenInfo = async (token: string) => {
    const answer = await fetch(`${started.server.url}/tokeninfo?access_token=${encodeURIComponent(token)}`);
    return { status: answer.status, body: (await answer.json()) as { email?: string; expires_in?: string } };
  };

  it('gives google-auth-library tokens by the credentials file alone, and vouches for them', async () => {
    const auth = new GoogleAuth({ scopes: ['https://www.googleapis.com/auth/cloud-platform'] });
    const token = await auth.getAccessToken();
    const { status, body } = await tokenInfo(String(token));
    assert.deepEqual([status, body.email], [200, 'local@demo-storage.iam.gserviceaccount.com']);
    const expiresInSec = Number(body.expires_in);
    assert.ok(expiresInSec > 3500 && expiresInSec <= 3600, body.expires_in);
  });

  it('does not vouch for any other token', async () => {
    const expired = `local-${Date.now() - 1000}-x`;
    for (const token of ['', 'owner', 'local-9999999999999-forged', expired]) {
      assert.equal((await tokenInfo(token)).status, 400, token);
    }
  });

  it('gives no token for another secret or grant, and no signature without a token', async () => {
    const exchange = (form: Record<string, string>) =>
      fetch(`${started.server.url}/token`, { method: 'POST', body: new URLSearchParams(form) });
    const grant = 'urn:ietf:params:oauth:grant-type:token-exchange';
    const refused = [
      await exchange({ grant_type: grant, subject_token: 'guessed' }),
      await exchange({ grant_type: 'password', subject_token: 'guessed' }),
    ];
    assert.deepEqual(
      refused.map(({ status }) => status),
      [400, 400],
    );
    const account = `${started.server.url}/v1/projects/-/serviceAccounts/local@demo-storage.iam.gserviceaccount.com`;
    for (const verb of ['signBlob', 'generateAccessToken']) {
      const answer = await fetch(`${account}:${verb}`, { method: 'POST', body: '{"payload": "eA=="}' });
      assert.equal(answer.status, 401);
    }
  });

  it('names only this server in the credentials file', () => {
    const credentials = readFileSync(started.server.serviceAccountFile, 'utf8');
    const hosts = [...credentials.matchAll(/https?:\/\/[^/"]+/g)].map(([host]) => host);
    assert.deepEqual([...new Set(hosts)], [started.server.url]);
  });
});
