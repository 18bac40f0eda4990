import { methodNotAllowed } from 'hono/method-not-allowed';
import packageJson from '../../package.json' with { type: 'json' };
import { AppError } from '../core/errors.ts';
import { assertAllListed, describeAccess } from './describeAccess.ts';
import { describeApi } from './describeApi.ts';
import { allowOrigins } from './middleware/allowOrigins.ts';
import { guard } from './middleware/guard.ts';
import { limitBody } from './middleware/limitBody.ts';
import { measureLatency } from './middleware/measureLatency.ts';
import { privateAnswers } from './middleware/privateAnswers.ts';
import { requestContext } from './middleware/requestContext.ts';
import { methodProblem, problemAnswer } from './problem.ts';
import { router } from './router.ts';
import { admin } from './routes/admin/index.ts';
import { alerts } from './routes/alerts/index.ts';
import { analytics } from './routes/analytics/index.ts';
import { apiKeys } from './routes/apiKeys.ts';
import { exporting } from './routes/export.ts';
import { generations } from './routes/generations/index.ts';
import { health } from './routes/health.ts';
import { insights } from './routes/insights/index.ts';
import { me } from './routes/me.ts';
import { metrics } from './routes/metrics/index.ts';
import { models } from './routes/models.ts';
import { scraping } from './routes/scrape.ts';

/** Three pictures and a prompt fit. */
const MAX_BODY_BYTES = 20 * 2 ** 20;

/** The whole HTTP API. */
export const app = router();
app.use(
  requestContext,
  measureLatency,
  privateAnswers,
  allowOrigins,
  guard,
  limitBody(MAX_BODY_BYTES),
  methodNotAllowed({ app, onMethodNotAllowed: methodProblem }),
);
app.onError((error, c) => problemAnswer(c, error));
app.notFound((c) => problemAnswer(c, new AppError('not_found', 'There is nothing at this address.')));

app.route('/api', health);
app.route('/api/v1', health);
app.route('/api/v1', models);
app.route('/api/v1', generations);
app.route('/api/v1', metrics);
app.route('/api/v1', analytics);
app.route('/api/v1', insights);
app.route('/api/v1', exporting);
app.route('/api/v1', scraping);
app.route('/api/v1', alerts);
app.route('/api/v1', me);
app.route('/api/v1', apiKeys);
app.route('/api/v1', admin);

describeApi(app, '/api/v1/openapi.json', {
  version: packageJson.version,
  description: 'AI videos, and the truth about them.',
});

assertAllListed(app);
describeAccess(app);
