import { methodNotAllowed } from 'hono/method-not-allowed';
import packageJson from '../../package.json' with { type: 'json' };
import { AppError } from '../core/errors.ts';
import { allowOrigins } from './middleware/allowOrigins.ts';
import { limitBody } from './middleware/limitBody.ts';
import { privateAnswers } from './middleware/privateAnswers.ts';
import { requestContext } from './middleware/requestContext.ts';
import { methodProblem, problemAnswer } from './problem.ts';
import { router } from './router.ts';
import { generations } from './routes/generations/index.ts';
import { health } from './routes/health.ts';
import { models } from './routes/models.ts';

/** Three pictures and a prompt fit. */
const MAX_BODY_BYTES = 20 * 2 ** 20;

/** The whole HTTP API. */
export const app = router();
app.use(
  requestContext,
  privateAnswers,
  allowOrigins,
  limitBody(MAX_BODY_BYTES),
  methodNotAllowed({ app, onMethodNotAllowed: methodProblem }),
);
app.onError((error, c) => problemAnswer(c, error));
app.notFound((c) => problemAnswer(c, new AppError('not_found', 'There is nothing at this address.')));

app.route('/api', health);
app.route('/api/v1', health);
app.route('/api/v1', models);
app.route('/api/v1', generations);

app.openAPIRegistry.registerComponent('securitySchemes', 'idToken', {
  type: 'http',
  scheme: 'bearer',
  bearerFormat: 'Firebase ID token',
});
app.doc31('/api/v1/openapi.json', {
  openapi: '3.1.0',
  info: { title: 'Dailies', version: packageJson.version, description: 'AI videos, and the truth about them.' },
});
