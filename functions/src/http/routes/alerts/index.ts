import { router } from '../../router.ts';
import { actions } from './actions.ts';
import { alertChannels } from './channels.ts';
import { episodes } from './episodes.ts';
import { alertRules } from './rules.ts';

/** Alerts: what is watched, what came of it, and what people do about it. */
export const alerts = router()
  .route('/', episodes)
  .route('/', actions)
  .route('/', alertRules)
  .route('/', alertChannels);
