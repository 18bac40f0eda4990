import type { IncomingMessage, ServerResponse } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { unreadableAnswer } from '../unreadable.ts';
import { liveApp } from './app.ts';

/** Answers one request of the `live` function. */
export const serve: (request: IncomingMessage, response: ServerResponse) => Promise<void> = getRequestListener(
  liveApp().fetch,
  { overrideGlobalObjects: false, errorHandler: unreadableAnswer },
);
