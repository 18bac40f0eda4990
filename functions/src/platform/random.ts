import { randomBytes } from 'node:crypto';

/** Random bytes in hex that nobody can guess. */
export function randomHex(bytes: number): string {
  return randomBytes(bytes).toString('hex');
}
