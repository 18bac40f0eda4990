import type { Role, Scope } from '../actor.ts';
import type { RateClass } from './rates.ts';

/** Who may call a route. */
export type RouteAccess =
  | { who: 'anybody' }
  | {
      /** Every signed-in user, or only these roles; a key is its owner. */
      who: 'users' | readonly Role[];
      /** The scope that lets a key in; `every key` asks for none, `no key` lets none in. */
      keys: Scope | 'every key' | 'no key';
      rate: RateClass;
    };

const ANYBODY: RouteAccess = { who: 'anybody' };
const READ_ANALYTICS: RouteAccess = { who: ['analyst', 'admin'], keys: 'read:analytics', rate: 'read' };
const READ_OWN: RouteAccess = { who: 'users', keys: 'generate', rate: 'read' };
const CHANGE_OWN: RouteAccess = { who: 'users', keys: 'generate', rate: 'write' };
const ADMIN: RouteAccess = { who: ['admin'], keys: 'no key', rate: 'admin' };
const REPORT: RouteAccess = { who: ['ingest', 'admin'], keys: 'ingest', rate: 'write' };
const CHANGE_ALERTS: RouteAccess = { who: ['admin'], keys: 'manage:alerts', rate: 'write' };
const OWN_KEYS: RouteAccess = { who: 'users', keys: 'no key', rate: 'keys' };

/** Every route of the API, as `METHOD /path` with the path as it is registered. The app does not start with one missing. */
export const ROUTES: Readonly<Record<string, RouteAccess>> = {
  'GET /api/health': ANYBODY,
  'GET /api/v1/health': ANYBODY,
  'GET /api/v1/openapi.json': ANYBODY,
  'GET /api/health/services': READ_ANALYTICS,
  'GET /api/v1/health/services': READ_ANALYTICS,
  'GET /api/v1/models': { who: 'users', keys: 'every key', rate: 'read' },

  'GET /api/v1/me': { who: 'users', keys: 'every key', rate: 'read' },
  'GET /api/v1/me/ledger': READ_OWN,

  'POST /api/v1/generations': CHANGE_OWN,
  'POST /api/v1/generations/estimate': READ_OWN,
  'GET /api/v1/generations': READ_OWN,
  'GET /api/v1/generations/:id': READ_OWN,
  'GET /api/v1/generations/:id/metrics': READ_OWN,
  'POST /api/v1/generations/:id/cancel': CHANGE_OWN,
  'PUT /api/v1/generations/:id/rating': CHANGE_OWN,
  'DELETE /api/v1/generations/:id': CHANGE_OWN,

  'POST /api/v1/metrics/generations': REPORT,
  'PATCH /api/v1/metrics/generations/:id': REPORT,
  'PUT /api/v1/metrics/generations/:id/quality': REPORT,
  // Users tell about themselves; to tell about others needs the role, too.
  'POST /api/v1/events': { who: 'users', keys: 'ingest', rate: 'write' },

  'GET /api/v1/live': READ_ANALYTICS,
  'GET /api/v1/metrics': { who: ['analyst', 'admin'], keys: 'scrape', rate: 'read' },

  'GET /api/v1/summary': READ_ANALYTICS,
  'GET /api/v1/performance': READ_ANALYTICS,
  'GET /api/v1/providers': READ_ANALYTICS,
  'GET /api/v1/errors': READ_ANALYTICS,
  'GET /api/v1/costs': READ_ANALYTICS,
  'GET /api/v1/trends': READ_ANALYTICS,
  'GET /api/v1/business': READ_ANALYTICS,
  'GET /api/v1/business/retention': READ_ANALYTICS,
  'GET /api/v1/business/features': READ_ANALYTICS,
  'GET /api/v1/quality': READ_ANALYTICS,
  'GET /api/v1/user-insights': READ_ANALYTICS,
  'GET /api/v1/user-insights/me': READ_OWN,
  'GET /api/v1/user-insights/:uid': ADMIN,
  'GET /api/v1/metric-definitions': READ_ANALYTICS,
  'GET /api/v1/metrics/generations': READ_ANALYTICS,

  'GET /api/v1/export': READ_ANALYTICS,
  'GET /api/v1/exports': READ_ANALYTICS,
  'GET /api/v1/exports/:id': READ_ANALYTICS,

  'GET /api/v1/alerts': READ_ANALYTICS,
  'GET /api/v1/alerts/dashboard': READ_ANALYTICS,
  'GET /api/v1/alerts/:id': READ_ANALYTICS,
  'GET /api/v1/alerts/:id/report': READ_ANALYTICS,
  'POST /api/v1/alerts/:id/acknowledge': CHANGE_ALERTS,
  'POST /api/v1/alerts/:id/unacknowledge': CHANGE_ALERTS,
  'POST /api/v1/alerts/:id/resolve': CHANGE_ALERTS,
  'POST /api/v1/alerts/:id/snooze': CHANGE_ALERTS,
  'POST /api/v1/alerts/:id/unsnooze': CHANGE_ALERTS,
  'POST /api/v1/alerts/:id/notes': CHANGE_ALERTS,
  'GET /api/v1/alert-rules': READ_ANALYTICS,
  'POST /api/v1/alert-rules': CHANGE_ALERTS,
  'GET /api/v1/alert-rules/:slug': READ_ANALYTICS,
  'PUT /api/v1/alert-rules/:slug': CHANGE_ALERTS,
  'PATCH /api/v1/alert-rules/:slug': CHANGE_ALERTS,
  'DELETE /api/v1/alert-rules/:slug': CHANGE_ALERTS,
  'GET /api/v1/channels': READ_ANALYTICS,
  'POST /api/v1/channels/:id/test': CHANGE_ALERTS,

  'POST /api/v1/api-keys': OWN_KEYS,
  'GET /api/v1/api-keys': OWN_KEYS,
  'POST /api/v1/api-keys/:id/rotate': OWN_KEYS,
  'DELETE /api/v1/api-keys/:id': OWN_KEYS,

  'GET /api/v1/admin/users': ADMIN,
  'GET /api/v1/admin/users/:uid': ADMIN,
  'PATCH /api/v1/admin/users/:uid': ADMIN,
  'POST /api/v1/admin/users/:uid/credits': ADMIN,
  'GET /api/v1/admin/settings': ADMIN,
  'PATCH /api/v1/admin/settings': ADMIN,
  'GET /api/v1/admin/audit-log': ADMIN,
  'GET /api/v1/admin/generations': ADMIN,
  'GET /api/v1/admin/generations/:id': ADMIN,
  'POST /api/v1/admin/generations/:id/replay': ADMIN,
  'POST /api/v1/admin/generations/:id/end': ADMIN,
};

/** Who may call a route; undefined for one that is in no table. */
export function accessOf(method: string, path: string): RouteAccess | undefined {
  const name = `${method} ${path}`;
  return Object.hasOwn(ROUTES, name) ? ROUTES[name] : undefined;
}
