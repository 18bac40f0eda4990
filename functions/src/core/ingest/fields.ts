import { z } from 'zod';
import { AppError } from '../errors.ts';
import type { Problem } from '../generation/request.ts';

const EARLIEST_MS = Date.parse('2020-01-01T00:00:00.000Z');
/** How far a reporter's clock may be ahead of ours. */
const AHEAD_MS = 5 * 60_000;

/** Enough for a list of all error codes; a message may quote what was sent. */
const MAX_REASON_CHARS = 500;

/** Rows that one request may bring. */
export const MAX_ROWS = 500;

/** Text of one line without control or formatting characters, well-formed. */
export const line = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .refine((text) => !/\p{C}/u.test(text), 'must be printable');

/** Which system reports. */
export const sourceSchema = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'must be letters, digits, dots, dashes and underscores');

/** ISO 8601 with `Z` or an offset. */
export const timeSchema = z.iso.datetime({ offset: true });

/** What is wrong with a reported time; undefined when it may be: from 2020 to five minutes ahead of `now`. */
export function timeProblem(path: string, at: Date, now: Date): Problem | undefined {
  if (at.getTime() < EARLIEST_MS) return { path, message: 'is before 2020' };
  if (at.getTime() > now.getTime() + AHEAD_MS) return { path, message: 'is over five minutes ahead' };
  return undefined;
}

/** The refusal of a row for these reasons; its message says all of them. */
export function refusalFor(problems: readonly Problem[]): AppError {
  const told = problems.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
  return new AppError('invalid_request', told.join('; ').slice(0, MAX_REASON_CHARS), problems);
}

/** Reads a row, or the part `of` it, by its schema. Throws AppError `invalid_request` that says what does not fit. */
export function parsedRow<T>(schema: z.ZodType<T>, row: unknown, ...of: string[]): T {
  const result = schema.safeParse(row);
  if (result.success) return result.data;
  throw refusalFor(
    result.error.issues
      .slice(0, 20)
      .map(({ path, message }) => ({ path: [...of, ...path].join('.'), message: message.slice(0, MAX_REASON_CHARS) })),
  );
}
