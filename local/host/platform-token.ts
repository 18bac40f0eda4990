const LIFETIME_SECONDS = 3600;

/**
 * The bearer token that Google's own callers (Cloud Tasks, Cloud Scheduler) send. Unsigned: firebase-functions only
 * decodes it, since in production IAM has checked it before the function is reached.
 */
export function platformToken(audience: string, serviceAccountEmail: string, nowMs: number): string {
  const issuedAt = Math.floor(nowMs / 1000);
  const claims = {
    iss: 'https://accounts.google.com',
    aud: audience,
    sub: serviceAccountEmail,
    email: serviceAccountEmail,
    email_verified: true,
    iat: issuedAt,
    exp: issuedAt + LIFETIME_SECONDS,
  };
  return `${base64url({ alg: 'none', typ: 'JWT' })}.${base64url(claims)}.`;
}

function base64url(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
