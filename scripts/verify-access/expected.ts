/** Everybody who knocks at every door. A `key:` is an API key with that scope alone, of somebody who may have it. */
export const PRINCIPALS = [
  'anonymous',
  'free',
  'premium',
  'analyst',
  'ingest',
  'admin',
  'key:generate',
  'key:ingest',
  'key:read:analytics',
  'key:scrape',
  'key:manage:alerts',
  'key:expired',
  'key:revoked',
  'suspended',
] as const;
export type PrincipalName = (typeof PRINCIPALS)[number];

/** What one user has that a request can be about. */
export interface Things {
  uid: string;
  /** A succeeded generation. */
  generationId: string;
  /** An API key that nobody uses. */
  apiKeyId: string;
}

/** What a route must answer to everybody. */
export interface Expected {
  /** The request, about what somebody has. Without it: the route's own path and no body. */
  ask?: (of: Things) => { path?: string; body?: object };
  /** Who is let in. The others get 401 when they cannot be known, else 403. */
  who: readonly PrincipalName[];
  /** The answer to those let in, about what is theirs. */
  own: number;
  /** The same about somebody else's; absent where a request is about nobody. */
  another?: number;
  /** The same for an admin, where that differs. */
  anotherForAdmin?: number;
}

const USERS: PrincipalName[] = ['free', 'premium', 'analyst', 'ingest', 'admin'];
const KEYS: PrincipalName[] = ['key:generate', 'key:ingest', 'key:read:analytics', 'key:scrape', 'key:manage:alerts'];
const MAKERS: PrincipalName[] = [...USERS, 'key:generate'];
const ANALYSTS: PrincipalName[] = ['analyst', 'admin', 'key:read:analytics'];
const REPORTERS: PrincipalName[] = ['ingest', 'admin', 'key:ingest'];
const ALERTERS: PrincipalName[] = ['admin', 'key:manage:alerts'];
const CHEAP = { model: 'veo-3.1-lite-generate-001', durationSec: 4 };
const one =
  (rest: string, body?: object) =>
  ({ generationId }: Things) => ({ path: `/api/v1/generations/${generationId}${rest}`, ...(body && { body }) });
const measured =
  (rest: string, body: object) =>
  ({ generationId }: Things) => ({ path: `/api/v1/metrics/generations/${generationId}${rest}`, body });
const userAt =
  (rest: string, body?: object) =>
  ({ uid }: Things) => ({ path: `/api/v1/admin/users/${uid}${rest}`, ...(body && { body }) });
const operated =
  (rest: string, body?: object) =>
  ({ generationId }: Things) => ({ path: `/api/v1/admin/generations/${generationId}${rest}`, ...(body && { body }) });
const aboutAlert = (rest: string, body?: object) => () => ({
  path: `/api/v1/alerts/none${rest}`,
  ...(body && { body }),
});
const aboutRule = (body?: object) => () => ({ path: '/api/v1/alert-rules/none', ...(body && { body }) });

/**
 * Who may do what, written by hand and on purpose not taken from the system: one entry a route. An empty wish is refused
 * by its schema, 400, and so tells the door from what is behind it without making anything.
 */
export const EXPECTED: Readonly<Record<string, Expected>> = {
  'GET /api/health': { who: PRINCIPALS, own: 200 },
  'GET /api/v1/health': { who: PRINCIPALS, own: 200 },
  'GET /api/v1/openapi.json': { who: PRINCIPALS, own: 200 },
  'GET /api/health/services': { who: ANALYSTS, own: 200 },
  'GET /api/v1/health/services': { who: ANALYSTS, own: 200 },
  'GET /api/v1/models': { who: [...USERS, ...KEYS], own: 200 },

  'GET /api/v1/me': { who: [...USERS, ...KEYS], own: 200 },
  'GET /api/v1/me/ledger': { who: MAKERS, own: 200 },

  'GET /api/v1/generations': { who: MAKERS, own: 200 },
  'POST /api/v1/generations': { ask: () => ({ body: {} }), who: MAKERS, own: 400 },
  'POST /api/v1/generations/estimate': { ask: () => ({ body: CHEAP }), who: MAKERS, own: 200 },
  'GET /api/v1/generations/:id': { ask: one(''), who: MAKERS, own: 200, another: 404 },
  'GET /api/v1/generations/:id/metrics': { ask: one('/metrics'), who: MAKERS, own: 200, another: 404 },
  'POST /api/v1/generations/:id/cancel': { ask: one('/cancel'), who: MAKERS, own: 409, another: 404 },
  'PUT /api/v1/generations/:id/rating': { ask: one('/rating', { stars: 4 }), who: MAKERS, own: 200, another: 404 },
  'DELETE /api/v1/generations/:id': { ask: one(''), who: MAKERS, own: 200, another: 404 },

  'POST /api/v1/metrics/generations': { ask: () => ({ body: {} }), who: REPORTERS, own: 400 },
  'PATCH /api/v1/metrics/generations/:id': { ask: measured('', { rating: 5 }), who: REPORTERS, own: 409, another: 409 },
  'PUT /api/v1/metrics/generations/:id/quality': {
    ask: measured('/quality', { scorer: 'x', quality: 0.5 }),
    ...{ who: REPORTERS, own: 200, another: 200 },
  },
  'POST /api/v1/events': { ask: () => ({ body: {} }), who: [...USERS, 'key:ingest'], own: 400 },

  // Of a function of its own; asked for what there is not, so that no stream begins.
  'GET /api/v1/live': {
    ask: () => ({ path: '/demo-dailies/us-central1/live/api/v1/live?types=none' }),
    ...{ who: ANALYSTS, own: 400 },
  },

  'GET /api/v1/metrics': { who: ['analyst', 'admin', 'key:scrape'], own: 200 },

  'GET /api/v1/summary': { who: ANALYSTS, own: 200 },
  'GET /api/v1/performance': { who: ANALYSTS, own: 200 },
  'GET /api/v1/providers': { who: ANALYSTS, own: 200 },
  'GET /api/v1/errors': { who: ANALYSTS, own: 200 },
  'GET /api/v1/costs': { who: ANALYSTS, own: 200 },
  'GET /api/v1/trends': { ask: () => ({ path: '/api/v1/trends?metric=costUsd' }), who: ANALYSTS, own: 200 },
  'GET /api/v1/business': { who: ANALYSTS, own: 200 },
  'GET /api/v1/business/retention': { who: ANALYSTS, own: 200 },
  'GET /api/v1/business/features': { who: ANALYSTS, own: 200 },
  'GET /api/v1/quality': { who: ANALYSTS, own: 200 },
  'GET /api/v1/user-insights': { who: ANALYSTS, own: 200 },
  'GET /api/v1/user-insights/me': { who: MAKERS, own: 200 },
  'GET /api/v1/user-insights/:uid': {
    ask: ({ uid }) => ({ path: `/api/v1/user-insights/${uid}` }),
    ...{ who: ['admin'], own: 200, another: 200 },
  },
  'GET /api/v1/metric-definitions': { who: ANALYSTS, own: 200 },
  'GET /api/v1/metrics/generations': { who: ANALYSTS, own: 200 },

  'GET /api/v1/export': {
    ask: () => ({ path: '/api/v1/export?dataset=generations&range=24h' }),
    ...{ who: ANALYSTS, own: 200 },
  },
  'GET /api/v1/exports': { who: ANALYSTS, own: 200 },
  'GET /api/v1/exports/:id': { ask: () => ({ path: '/api/v1/exports/nobodys' }), who: ANALYSTS, own: 404 },

  'GET /api/v1/alerts': { who: ANALYSTS, own: 200 },
  'GET /api/v1/alerts/dashboard': { who: ANALYSTS, own: 200 },
  'GET /api/v1/alerts/:id': { ask: aboutAlert(''), who: ANALYSTS, own: 404 },
  'GET /api/v1/alerts/:id/report': { ask: aboutAlert('/report'), who: ANALYSTS, own: 404 },
  'POST /api/v1/alerts/:id/acknowledge': { ask: aboutAlert('/acknowledge', {}), who: ALERTERS, own: 404 },
  'POST /api/v1/alerts/:id/unacknowledge': { ask: aboutAlert('/unacknowledge', {}), who: ALERTERS, own: 404 },
  'POST /api/v1/alerts/:id/resolve': { ask: aboutAlert('/resolve', {}), who: ALERTERS, own: 404 },
  'POST /api/v1/alerts/:id/snooze': { ask: aboutAlert('/snooze', { forMin: 5 }), who: ALERTERS, own: 404 },
  'POST /api/v1/alerts/:id/unsnooze': { ask: aboutAlert('/unsnooze', {}), who: ALERTERS, own: 404 },
  'POST /api/v1/alerts/:id/notes': { ask: aboutAlert('/notes', { text: 'x' }), who: ALERTERS, own: 404 },
  'GET /api/v1/alert-rules': { who: ANALYSTS, own: 200 },
  'POST /api/v1/alert-rules': { ask: () => ({ body: {} }), who: ALERTERS, own: 400 },
  'GET /api/v1/alert-rules/:slug': { ask: aboutRule(), who: ANALYSTS, own: 404 },
  'PUT /api/v1/alert-rules/:slug': { ask: aboutRule({}), who: ALERTERS, own: 400 },
  'PATCH /api/v1/alert-rules/:slug': { ask: aboutRule({ enabled: true }), who: ALERTERS, own: 404 },
  'DELETE /api/v1/alert-rules/:slug': { ask: aboutRule(), who: ALERTERS, own: 404 },
  'GET /api/v1/channels': { who: ANALYSTS, own: 200 },
  'POST /api/v1/channels/:id/test': { ask: () => ({ path: '/api/v1/channels/none/test' }), who: ALERTERS, own: 404 },

  'GET /api/v1/api-keys': {
    ask: ({ uid }) => ({ path: `/api/v1/api-keys?uid=${uid}` }),
    ...{ who: USERS, own: 200, another: 403, anotherForAdmin: 200 },
  },
  'POST /api/v1/api-keys': { ask: () => ({ body: { name: 'x', scopes: ['generate'] } }), who: USERS, own: 201 },
  'POST /api/v1/api-keys/:id/rotate': {
    ask: ({ apiKeyId }) => ({ path: `/api/v1/api-keys/${apiKeyId}/rotate`, body: { graceHours: 0 } }),
    ...{ who: USERS, own: 200, another: 404 },
  },
  'DELETE /api/v1/api-keys/:id': {
    ask: ({ apiKeyId }) => ({ path: `/api/v1/api-keys/${apiKeyId}` }),
    ...{ who: USERS, own: 200, another: 404, anotherForAdmin: 200 },
  },

  'GET /api/v1/admin/users': { who: ['admin'], own: 200 },
  'GET /api/v1/admin/users/:uid': { ask: userAt(''), who: ['admin'], own: 200, another: 200 },
  'PATCH /api/v1/admin/users/:uid': { ask: userAt('', {}), who: ['admin'], own: 400, another: 400 },
  'POST /api/v1/admin/users/:uid/credits': { ask: userAt('/credits', {}), who: ['admin'], own: 400, another: 400 },
  'GET /api/v1/admin/settings': { who: ['admin'], own: 200 },
  'PATCH /api/v1/admin/settings': { ask: () => ({ body: {} }), who: ['admin'], own: 400 },
  'GET /api/v1/admin/audit-log': { who: ['admin'], own: 200 },
  'GET /api/v1/admin/generations': { who: ['admin'], own: 200 },
  'GET /api/v1/admin/generations/:id': { ask: operated(''), who: ['admin'], own: 200, another: 200 },
  'POST /api/v1/admin/generations/:id/replay': { ask: operated('/replay', {}), who: ['admin'], own: 400, another: 400 },
  'POST /api/v1/admin/generations/:id/end': { ask: operated('/end', {}), who: ['admin'], own: 400, another: 400 },
};
