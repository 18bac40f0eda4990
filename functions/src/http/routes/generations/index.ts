import { authenticate } from '../../middleware/authenticate.ts';
import { router } from '../../router.ts';
import { change } from './change.ts';
import { create } from './create.ts';
import { read } from './read.ts';

/** Everything under `/generations`, for signed-in users about their own. */
export const generations = router();
generations.use('/generations/*', authenticate);
generations.use('/generations', authenticate);
generations.route('/', create);
generations.route('/', read);
generations.route('/', change);
