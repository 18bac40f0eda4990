import { router } from '../../router.ts';
import { change } from './change.ts';
import { create } from './create.ts';
import { estimate } from './estimate.ts';
import { read } from './read.ts';

/** Everything under `/generations`, for signed-in users about their own. */
export const generations = router();
generations.route('/', create);
generations.route('/', estimate);
generations.route('/', read);
generations.route('/', change);
