import assert from 'node:assert/strict';
import { app } from '../../src/http/app.ts';

interface Found {
  pattern: string;
  at: string;
}

/** Every pattern of the description, with where it stands. */
function patternsIn(value: unknown, at = ''): Found[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]): Found[] =>
    key === 'pattern' && typeof inner === 'string' ? [{ pattern: inner, at }] : patternsIn(inner, `${at}/${key}`),
  );
}

describe('the description of the API', () => {
  it('has patterns as JSON Schema reads them: without flags', async () => {
    const document = app.getOpenAPI31Document({ openapi: '3.1.0', info: { title: 'x', version: '1' } });
    const raw = patternsIn(JSON.parse(JSON.stringify(document)));
    const answer = await app.request('/api/v1/openapi.json');
    assert.equal(answer.status, 200);
    assert.match(answer.headers.get('content-type') ?? '', /^application\/json/);
    const served = patternsIn(await answer.json());
    assert.equal(served.length, raw.length);
    assert.deepEqual(
      served.filter(({ pattern }) => /(?<!\\)\/[a-z]*$/.test(pattern)),
      [],
    );
    for (const { pattern } of served) assert.ok(new RegExp(pattern, 'u'));
  });
});
