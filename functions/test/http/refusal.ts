import assert from 'node:assert/strict';

/** What an answer must never tell: where the code is, what it is made of, how it failed. */
const INTERNAL =
  /\/work\/|\/home\/|node_modules|functions\/(lib|src)|file:\/\/|\bat \S+ \(|\.(ts|js|mjs):\d+|zod|firestore|grpc|hono|superstatic|sqlite/i;

interface Told {
  status: number;
  headers: Headers | Record<string, string | undefined>;
  /** Parsed, or as text. */
  body: unknown;
}

export interface Refusal {
  type: string;
  title: string;
  status: number;
  code: string;
  detail: string;
  requestId: string;
  errors?: { path: string; message: string }[];
}

/** Checks that an answer is a whole RFC 9457 refusal that is kept by no cache and tells nothing internal. */
export function assertRefusal(
  { status, headers, body }: Told,
  expected: { status?: number; code?: string } = {},
): Refusal {
  const header = (name: string) => (headers instanceof Headers ? headers.get(name) : headers[name]) ?? '';
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  assert.ok(status >= 400 && status < 500, `${status}: ${text.slice(0, 300)}`);
  assert.equal(header('content-type'), 'application/problem+json', `${status}: ${text.slice(0, 300)}`);
  const told: Refusal = typeof body === 'string' ? JSON.parse(body) : body;
  if (expected.status !== undefined) assert.equal(status, expected.status, text);
  if (expected.code !== undefined) assert.equal(told.code, expected.code, text);
  assert.equal(told.type, 'about:blank');
  assert.equal(told.status, status);
  for (const field of ['title', 'code', 'detail'] as const) assert.match(told[field], /\S/, field);
  assert.equal(told.requestId, header('x-request-id'));
  assert.equal(header('cache-control'), 'no-store');
  assert.match(header('vary'), /\bAuthorization\b/);
  assertTellsNothing(text);
  return told;
}

/** Checks that a text names nothing of the inside, and is not a way to get a lot for little. */
export function assertTellsNothing(text: string): void {
  assert.doesNotMatch(text, INTERNAL);
  assert.ok(text.length < 8_000, `${text.length} characters`);
}
