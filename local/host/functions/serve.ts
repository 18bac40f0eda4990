import type { IncomingMessage, RequestListener } from 'node:http';
import express, { type ErrorRequestHandler } from 'express';
import type { HttpFunction } from './hosted-function.ts';
import { limitResponse } from './time-limit.ts';

/** https://cloud.google.com/functions/quotas#resource_limits */
const MAX_BODY = '32mb';

/**
 * Serves one function as Google's functions framework does: its own express app, `rawBody`, and a body parsed by its
 * content type. The function sees `req.url` as it is handed in.
 */
export function serveFunction({ name, handler, timeoutMs }: HttpFunction): RequestListener {
  const app = express();
  app.disable('x-powered-by');
  app.enable('trust proxy');
  const options = { limit: MAX_BODY, verify: keepRawBody };
  app.use(express.json(options), express.text(options));
  app.use(express.urlencoded({ ...options, extended: true }), express.raw({ ...options, type: () => true }));
  app.use(async (req, res) => {
    req.body ??= {};
    limitResponse(res, timeoutMs, `upstream request timeout: ${name} may take ${timeoutMs / 1000} s\n`);
    await handler(req, res);
  });
  app.use(answerError);
  return app;
}

function keepRawBody(req: IncomingMessage & { rawBody?: Buffer }, _res: unknown, body: Buffer): void {
  req.rawBody = body;
}

const answerError: ErrorRequestHandler = (error, _req, res, _next) => {
  if (res.headersSent) {
    res.destroy();
    return;
  }
  const status = typeof error?.status === 'number' ? error.status : 500;
  if (status >= 500) console.error(error);
  res.status(status).send(status >= 500 ? 'Internal Server Error' : error.message);
};
