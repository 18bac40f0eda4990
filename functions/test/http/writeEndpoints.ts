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

const REPORT = {
  ...{ source: 'studio', id: '1', provider: 'google', model: 'veo-3.1-fast-generate-001', kind: 'text_to_video' },
  ...{ requestedAt: '2024-11-01T10:00:00Z', endedAt: '2024-11-01T10:00:30Z', outcome: 'succeeded', videoSec: 8 },
};
const EVENT = { id: '1', type: 'page.viewed', occurredAt: '2040-01-01T12:00:00Z', body: { page: '/' } };

const RULE = {
  ...{ slug: 'none', name: 'None', metric: 'totalMsP95', windowMin: 15 },
  condition: { type: 'threshold', op: '>', warning: 5 },
};
/** On an alert that does not exist. */
const onNoAlert = (verb: string, body: object, alsoWrong: object[] = []): Fuzzed => ({
  path: () => `/api/v1/alerts/none/${verb}`,
  ...{ by: 'admin', body, alsoWrong, works: 404 },
});

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
  'POST /api/v1/metrics/generations': {
    path: () => '/api/v1/metrics/generations',
    ...{ by: 'admin', body: REPORT, works: 200 },
    alsoWrong: [
      {},
      { generations: [] },
      { generations: [REPORT], ...REPORT },
      { generations: Array.from({ length: 501 }, () => REPORT) },
      { ...REPORT, source: 'dailies' },
      { ...REPORT, requestedAt: '2041-01-01T00:00:00Z' },
      { ...REPORT, requestedAt: '2019-12-31T23:59:59Z' },
      { ...REPORT, requestedAt: '2024-02-30T00:00:00Z' },
      { ...REPORT, endedAt: '2024-11-01T09:59:59Z' },
      { ...REPORT, totalMs: 1 },
      { ...REPORT, outcome: undefined },
      { ...REPORT, videosDelivered: 2 },
      { ...REPORT, errorCode: 'no_output' },
      { ...REPORT, model: 'half a pair \ud83c' },
    ],
  },
  'PATCH /api/v1/metrics/generations/{id}': {
    path: (id) => `/api/v1/metrics/generations/${id}`,
    ...{ by: 'admin', body: { rating: 5 }, works: 409 },
    alsoWrong: [{}],
  },
  'PUT /api/v1/metrics/generations/{id}/quality': {
    path: (id) => `/api/v1/metrics/generations/${id}/quality`,
    ...{ by: 'admin', body: { scorer: 'a model', quality: 0.9 } },
  },
  'POST /api/v1/events': {
    path: () => '/api/v1/events',
    ...{ body: EVENT, works: 200 },
    alsoWrong: [
      {},
      { ...EVENT, body: {} },
      { ...EVENT, body: { page: '/', prompt: 'x' } },
      { ...EVENT, body: { page: 'half a pair \ud83c' } },
      { ...EVENT, userId: 'bob' },
      { ...EVENT, source: 'web', userId: 'bob' },
      { ...EVENT, type: 'signup', body: {} },
      { ...EVENT, type: 'generation.requested' },
      { ...EVENT, occurredAt: '2040-01-02T12:00:00Z' },
    ],
  },
  'POST /api/v1/alerts/{id}/acknowledge': onNoAlert('acknowledge', { forMin: 60, note: 'looking' }, [
    { forMin: 60, until: '2040-01-01T13:00:00Z' },
    { until: '2039-12-31T00:00:00Z' },
    { note: 'bell \u0007' },
  ]),
  'POST /api/v1/alerts/{id}/unacknowledge': onNoAlert('unacknowledge', {}),
  'POST /api/v1/alerts/{id}/resolve': onNoAlert('resolve', { rootCause: 'quota' }, [{ rootCause: ' ' }]),
  'POST /api/v1/alerts/{id}/snooze': onNoAlert('snooze', { forMin: 60 }, [{}, { until: '2041-01-01T00:00:00Z' }]),
  'POST /api/v1/alerts/{id}/unsnooze': onNoAlert('unsnooze', {}),
  'POST /api/v1/alerts/{id}/notes': onNoAlert('notes', { text: 'x' }, [{ text: 'half a pair \ud83c' }]),
  'POST /api/v1/alert-rules': {
    path: () => '/api/v1/alert-rules',
    ...{ by: 'admin', body: RULE, works: 201 },
    alsoWrong: [
      { ...RULE, metric: 'happiness' },
      { ...RULE, condition: { type: 'threshold', op: '>' } },
      { ...RULE, metric: 'serviceDown', filters: { model: 'x' } },
    ],
  },
  'PUT /api/v1/alert-rules/{slug}': {
    path: () => '/api/v1/alert-rules/none',
    ...{ by: 'admin', body: RULE },
    alsoWrong: [{ ...RULE, slug: 'another' }],
  },
  'PATCH /api/v1/alert-rules/{slug}': {
    path: () => '/api/v1/alert-rules/none',
    ...{ by: 'admin', body: { windowMin: 30 } },
    alsoWrong: [{}, { windowMin: 0 }, { slug: 'another' }, { thresholds: 5 }],
  },
  'DELETE /api/v1/alert-rules/{slug}': { path: () => '/api/v1/alert-rules/nothing', by: 'admin' },
  'POST /api/v1/channels/{id}/test': { path: () => '/api/v1/channels/none/test', by: 'admin' },
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
