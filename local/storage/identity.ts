import { createHmac, createPublicKey, createSign, generateKeyPair, randomBytes, timingSafeEqual } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Signer } from './signed-url.ts';

const TOKEN_LIFETIME_SEC = 3600;

/**
 * The local service account: gives out access tokens, and signs for those who hold one. Its state is in `dir`.
 * Tokens are checked against real time, because the clients that hold them renew them by real time.
 */
export class Identity {
  readonly email: string;
  /** Point GOOGLE_APPLICATION_CREDENTIALS here. */
  readonly credentialsFile: string;
  readonly #dir: string;
  readonly #subjectTokenFile: string;
  readonly #tokenKey: Buffer;
  #privateKeyPem: Promise<string> | undefined;

  constructor(dir: string, projectId: string) {
    mkdirSync(dir, { recursive: true });
    this.#dir = dir;
    this.email = `local@${projectId}.iam.gserviceaccount.com`;
    this.credentialsFile = join(dir, 'application-default-credentials.json');
    this.#subjectTokenFile = join(dir, 'subject-token');
    this.#tokenKey = Buffer.from(keep(join(dir, 'token-key'), randomSecret), 'base64url');
    keep(this.#subjectTokenFile, randomSecret);
  }

  /**
   * Writes the credentials file for a server at `url`. It impersonates the account from an identity outside Google Cloud,
   * since that is the one kind of file in which google-auth-library takes every address from the file; it ignores the
   * `token_uri` of a service account's key.
   */
  writeCredentials(url: string): void {
    const credentials = {
      type: 'impersonated_service_account',
      endpoint: url,
      service_account_impersonation_url: `${url}/v1/projects/-/serviceAccounts/${this.email}:generateAccessToken`,
      source_credentials: {
        type: 'external_account',
        audience: '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/local/providers/local',
        subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
        token_url: `${url}/token`,
        credential_source: { file: this.#subjectTokenFile },
      },
    };
    writeFileSync(this.credentialsFile, `${JSON.stringify(credentials, null, 2)}\n`, { mode: 0o600 });
  }

  /** True for the secret that the credentials file leads to. */
  isSubjectToken(token: string): boolean {
    return equalText(token, readFileSync(this.#subjectTokenFile, 'utf8'));
  }

  /** A new access token and when it ends (real time). */
  issueToken(): { accessToken: string; expiresInSec: number; expiresAtMs: number } {
    const expiresAtMs = Date.now() + TOKEN_LIFETIME_SEC * 1000;
    const body = `local-${expiresAtMs}`;
    return { accessToken: `${body}-${this.#mac(body)}`, expiresInSec: TOKEN_LIFETIME_SEC, expiresAtMs };
  }

  /** Seconds that an access token given out here still holds; undefined for any other and for one that has ended. */
  tokenExpiresInSec(accessToken: string): number | undefined {
    const match = /^(local-(\d+))-(.+)$/.exec(accessToken);
    if (!match?.[1] || !match[3] || !equalText(match[3], this.#mac(match[1]))) return undefined;
    const leftSec = Math.floor((Number(match[2]) - Date.now()) / 1000);
    return leftSec > 0 ? leftSec : undefined;
  }

  /** The account's RSA-SHA256 signature over `payload`. */
  async sign(payload: Uint8Array): Promise<Buffer> {
    return createSign('RSA-SHA256')
      .update(payload)
      .sign(await this.#privateKey());
  }

  async signer(): Promise<Signer> {
    return { email: this.email, publicKey: createPublicKey(await this.#privateKey()) };
  }

  /** Made when it is first needed: an RSA key takes longer than all the rest of the start. */
  #privateKey(): Promise<string> {
    this.#privateKeyPem ??= keepPrivateKey(join(this.#dir, 'signing-key.pem'));
    return this.#privateKeyPem;
  }

  #mac(body: string): string {
    return createHmac('sha256', this.#tokenKey).update(body).digest('base64url');
  }
}

function keep(file: string, make: () => string): string {
  if (!existsSync(file)) writeFileSync(file, make(), { mode: 0o600 });
  return readFileSync(file, 'utf8');
}

function randomSecret(): string {
  return randomBytes(32).toString('base64url');
}

async function keepPrivateKey(file: string): Promise<string> {
  if (existsSync(file)) return readFileSync(file, 'utf8');
  const { privateKey } = await promisify(generateKeyPair)('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  writeFileSync(file, privateKey, { mode: 0o600 });
  return privateKey;
}

function equalText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
