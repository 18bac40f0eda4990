import { AppError } from '../../core/errors.ts';

/** Somebody else's key is answered like one that does not exist. */
export function noSuchKey(): AppError {
  return new AppError('not_found', 'There is no such API key.');
}
