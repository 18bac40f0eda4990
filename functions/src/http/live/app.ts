import { methodNotAllowed } from 'hono/method-not-allowed';
import { AppError } from '../../core/errors.ts';
import { assertAllListed } from '../describeAccess.ts';
import { allowOrigins } from '../middleware/allowOrigins.ts';
import { guard } from '../middleware/guard.ts';
import { privateAnswers } from '../middleware/privateAnswers.ts';
import { requestContext } from '../middleware/requestContext.ts';
import { methodProblem, problemAnswer } from '../problem.ts';
import { router } from '../router.ts';
import { LIVE_LIMITS } from './limits.ts';
import { liveRoutes } from './routes.ts';

/** The HTTP API's other part: what streams, and so has a function of its own. */
export function liveApp(limits = LIVE_LIMITS) {
  const app = router();
  app.use(
    ...[requestContext, privateAnswers, allowOrigins, guard],
    methodNotAllowed({ app, onMethodNotAllowed: methodProblem }),
  );
  app.onError((error, c) => problemAnswer(c, error));
  app.notFound((c) => problemAnswer(c, new AppError('not_found', 'There is nothing at this address.')));
  app.route('/api/v1', liveRoutes(limits));
  assertAllListed(app);
  return app;
}
