import assert from 'node:assert/strict';
import type { RawRequest } from './raw.ts';
import { assertTellsNothing } from './refusal.ts';

/**
 * Google's functions framework parses bodies before the function is called, and answers what it cannot parse itself: a
 * JSON body that is no object or array, and a charset that it does not know.
 */
export function isRefusedByThePlatform({ headers = {}, body }: Partial<RawRequest>): boolean {
  const type = headers['Content-Type'] ?? '';
  if (type.includes('klingon')) return true;
  if (type !== 'application/json' || body === undefined || body.length === 0) return false;
  try {
    const parsed: unknown = JSON.parse(body.toString());
    return parsed === null || typeof parsed !== 'object';
  } catch {
    // Not JSON at all, which is one of the two things asked here.
    return true;
  }
}

/** Checks an answer that is not ours: a clear no that tells nothing internal. */
export function assertPlatformRefusal(status: number, text: string): void {
  assert.ok(status === 400 || status === 415, `${status}: ${text}`);
  assertTellsNothing(text);
}
