/** How a write endpoint is fuzzed: around a request that would work. */
export interface Fuzzed {
  /** `id`: what the path names. */
  path: (id: string) => string;
  /** What that is: a succeeded generation of the caller's unless told otherwise. */
  about?: 'user' | 'generation' | 'strange_generation' | 'own_api_key' | 'strange_api_key';
  /** Who asks: a user unless told otherwise. */
  by?: 'admin';
  /** A body that works; absent where the endpoint takes none, and then what the path names refuses it. */
  body?: object;
  /** Bodies that fit the schema and are wrong all the same. */
  alsoWrong?: object[];
  /** True where an Idempotency-Key is read. */
  takesKey?: boolean;
  /** How the whole request is answered: 202 to a POST, else 200, unless told otherwise. */
  works?: number;
}

const VALID = { model: 'veo-3.1-fast-generate-001', prompt: 'a lighthouse at dusk', durationSec: 4 };
const NOT_A_PNG = { mimeType: 'image/png', base64: Buffer.from('GIF89a, not PNG').toString('base64') };

/** Every write endpoint of the API. */
export const ENDPOINTS: Record<string, Fuzzed> = {
  'POST /api/v1/generations': {
    path: () => '/api/v1/generations',
    body: VALID,
    takesKey: true,
    alsoWrong: [
      { ...VALID, model: 'sora-9' },
      { ...VALID, durationSec: 7 },
      { ...VALID, resolution: '4k' },
      { ...VALID, prompt: ' \u2003\n' },
      { ...VALID, prompt: 'half a pair \ud83c' },
      { ...VALID, negativePrompt: '\udfff' },
      { ...VALID, image: NOT_A_PNG },
      { ...VALID, image: { mimeType: 'image/jpeg', base64: 'not*base64' } },
      { ...VALID, durationSec: 8, referenceImages: [NOT_A_PNG] },
      { ...VALID, image: NOT_A_PNG, referenceImages: [NOT_A_PNG] },
    ],
  },
  'POST /api/v1/generations/estimate': {
    path: () => '/api/v1/generations/estimate',
    body: VALID,
    works: 200,
    alsoWrong: [
      { ...VALID, model: 'sora-9' },
      { ...VALID, durationSec: 7 },
      { ...VALID, prompt: ' ' },
    ],
  },
  'POST /api/v1/generations/{id}/cancel': {
    path: (id) => `/api/v1/generations/${id}/cancel`,
  },
  'PUT /api/v1/generations/{id}/rating': {
    path: (id) => `/api/v1/generations/${id}/rating`,
    body: { stars: 4 },
  },
  'DELETE /api/v1/generations/{id}': {
    path: (id) => `/api/v1/generations/${id}`,
    about: 'strange_generation',
  },
  'POST /api/v1/api-keys': {
    path: () => '/api/v1/api-keys',
    body: { name: 'reporter', scopes: ['generate'] },
    works: 201,
    alsoWrong: [
      { name: ' reporter', scopes: ['generate'] },
      { name: 'a\u0000b', scopes: ['generate'] },
      { name: 'x', scopes: ['scrape'] },
      { name: 'x', scopes: ['generate'], expiresAt: '2039-12-31T00:00:00.000Z' },
      { name: 'x', scopes: ['generate'], expiresAt: '2040-02-30T00:00:00.000Z' },
      { name: 'x', scopes: ['generate'], expiresAt: '9999-12-31T23:59:59.999Z' },
    ],
  },
  'POST /api/v1/api-keys/{id}/rotate': {
    path: (id) => `/api/v1/api-keys/${id}/rotate`,
    about: 'own_api_key',
    body: { graceHours: 0 },
    works: 200,
  },
  'DELETE /api/v1/api-keys/{id}': {
    path: (id) => `/api/v1/api-keys/${id}`,
    about: 'strange_api_key',
  },
  'PATCH /api/v1/admin/users/{uid}': {
    path: (uid) => `/api/v1/admin/users/${uid}`,
    ...{ by: 'admin', about: 'user', body: { tier: 'premium', reason: 'asked for it' } },
    alsoWrong: [{ reason: 'nothing to change' }, { role: 'owner', reason: 'no such role' }, { suspended: true }],
  },
  'POST /api/v1/admin/users/{uid}/credits': {
    path: (uid) => `/api/v1/admin/users/${uid}/credits`,
    ...{ by: 'admin', about: 'user', body: { credits: 5, reason: 'a lost video' }, takesKey: true, works: 200 },
    alsoWrong: [
      { credits: 0, reason: 'nothing' },
      { credits: -5, reason: 'a grant takes nothing' },
    ],
  },
  'POST /api/v1/admin/generations/{id}/replay': {
    path: (id) => `/api/v1/admin/generations/${id}/replay`,
    ...{ by: 'admin', body: { reason: 'try again' }, works: 409 },
  },
  'POST /api/v1/admin/generations/{id}/end': {
    path: (id) => `/api/v1/admin/generations/${id}/end`,
    ...{ by: 'admin', body: { reason: 'stuck' }, works: 409 },
  },
  'PATCH /api/v1/admin/settings': {
    path: () => '/api/v1/admin/settings',
    ...{ by: 'admin', body: { intake: { open: true, costUsdMicrosPerDay: null }, reason: 'as it was' } },
    alsoWrong: [{ reason: 'nothing to change' }, { intake: { open: true }, reason: 'half a section' }],
  },
};
