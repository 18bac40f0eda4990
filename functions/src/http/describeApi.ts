import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Env } from './env.ts';

/** What the generator leaves at the end of a pattern that has the flag u. */
const UNICODE_FLAG = /(?<!\\)\/u$/;

/** Serves the API's own description: OpenAPI 3.1, made from the routes that the app has by then. */
export function describeApi(app: OpenAPIHono<Env>, path: string, info: { version: string; description: string }): void {
  app.get(path, (c) => {
    const document = app.getOpenAPI31Document({ openapi: '3.1.0', info: { title: 'Dailies', ...info } });
    return c.body(JSON.stringify(document, withoutFlag), 200, { 'Content-Type': 'application/json' });
  });
}

/** A pattern of JSON Schema has no flags: it is read as Unicode anyway. */
function withoutFlag(key: string, value: unknown): unknown {
  return key === 'pattern' && typeof value === 'string' ? value.replace(UNICODE_FLAG, '') : value;
}
