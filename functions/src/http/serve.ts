import type { IncomingMessage, ServerResponse } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { app } from './app.ts';
import { unreadableAnswer } from './unreadable.ts';

/** Answers one request of the `api` function. */
export const serve: (request: IncomingMessage, response: ServerResponse) => Promise<void> = getRequestListener(
  app.fetch,
  {
    overrideGlobalObjects: false,
    errorHandler: unreadableAnswer,
  },
);
