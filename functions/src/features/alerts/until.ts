import { AppError } from '../../core/errors.ts';
import { now } from '../../platform/clock.ts';

const MINUTE_MS = 60_000;
const MAX_MS = 30 * 24 * 60 * MINUTE_MS;

/** How long something is to hold: so many minutes, or until a moment. */
export interface Span {
  forMin?: number | undefined;
  until?: string | undefined;
}

/** The moment that is meant; undefined: no end. Throws AppError `invalid_request` for both ways at once, the past, or over 30 days. */
export function untilOf({ forMin, until }: Span): Date | undefined {
  if (forMin === undefined && until === undefined) return undefined;
  if (forMin !== undefined && until !== undefined) throw refusal('Say either forMin or until.');
  const nowMs = now().getTime();
  const atMs = until === undefined ? nowMs + (forMin ?? 0) * MINUTE_MS : Date.parse(until);
  if (atMs <= nowMs) throw refusal('That is in the past.');
  if (atMs > nowMs + MAX_MS) throw refusal('At most 30 days ahead.');
  return new Date(atMs);
}

/** The same where an end must be named. */
export function certainUntil(span: Span): Date {
  const until = untilOf(span);
  if (!until) throw refusal('Say forMin or until.');
  return until;
}

function refusal(message: string): AppError {
  return new AppError('invalid_request', message, [{ path: 'until', message }]);
}
