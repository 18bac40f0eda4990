import type { OpenAPIHono } from '@hono/zod-openapi';
import { accessOf, type RouteAccess } from '../core/access/routes.ts';
import { ACCESS_REFUSALS, FORBIDDEN } from './answers.ts';
import type { Env } from './env.ts';

/** Throws when a route of the app is not in the route table, so that none is ever open by oversight. */
export function assertAllListed({ routes }: OpenAPIHono<Env>): void {
  // What is for all methods is middleware, which stands before every path; at one path it would be a door without a guard.
  const handlers = routes.filter(({ method, path }) => method !== 'ALL' || path !== '/*');
  const unlisted = handlers.filter(({ method, path }) => !accessOf(method, path));
  const names = [...new Set(unlisted.map(({ method, path }) => `${method} ${path}`))];
  if (names.length > 0) throw new Error(`not in core/access/routes.ts: ${names.join(', ')}`);
}

/** Writes into the API's description what the route table says: who is let in, and the refusals that follow from it. */
export function describeAccess(app: OpenAPIHono<Env>): void {
  app.openAPIRegistry.registerComponent('securitySchemes', 'idToken', {
    ...{ type: 'http', scheme: 'bearer', bearerFormat: 'Firebase ID token' },
  });
  app.openAPIRegistry.registerComponent('securitySchemes', 'apiKey', {
    ...{ type: 'apiKey', in: 'header', name: 'X-API-Key', description: 'or as a bearer token' },
  });
  for (const definition of app.openAPIRegistry.definitions) {
    if (definition.type !== 'route') continue;
    const { route } = definition;
    const access = accessOf(route.method.toUpperCase(), route.path.replaceAll(/\{(\w+)\}/g, ':$1'));
    if (!access) continue;
    route.security = securityOf(access);
    const refusals = access.who === 'anybody' ? { 429: ACCESS_REFUSALS[429] } : { ...ACCESS_REFUSALS, ...FORBIDDEN };
    route.responses = { ...refusals, ...route.responses };
  }
}

function securityOf(access: RouteAccess): Record<string, string[]>[] {
  if (access.who === 'anybody') return [];
  const { keys } = access;
  if (keys === 'no key') return [{ idToken: [] }];
  // For a scheme other than OAuth, OpenAPI 3.1 takes the names of roles here.
  return [{ idToken: [] }, { apiKey: keys === 'every key' ? [] : [keys] }];
}
