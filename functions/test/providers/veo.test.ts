import assert from 'node:assert/strict';
import { classifyOperationError, classifyPollError, classifySubmitError } from '../../src/providers/veo/errors.ts';
import { blockReasonsOf } from '../../src/providers/veo/safety.ts';

const api = (status: number, message = '') => Object.assign(new Error(message), { name: 'ApiError', status });
/** What Google's auth library throws when there is no token to be had. */
const token = (status: number) =>
  Object.assign(new Error('no token'), { status, config: { url: 'https://token.test' } });
const network = (code: string) => new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) });

describe('providers/veo errors', () => {
  const submits = [
    { name: '400', error: api(400, 'durationSeconds'), type: 'refused', code: 'invalid_request' },
    {
      name: '400 with a safety code',
      error: api(400, 'blocked. Support codes: 58061214'),
      type: 'refused',
      code: 'content_blocked',
    },
    { name: '401', error: api(401), type: 'refused', code: 'provider_auth' },
    { name: '403', error: api(403), type: 'refused', code: 'provider_auth' },
    { name: '404', error: api(404), type: 'refused', code: 'model_unavailable' },
    { name: '429', error: api(429), type: 'refused', code: 'provider_quota' },
    { name: '500', error: api(500), type: 'uncertain', code: 'provider_internal' },
    { name: '503', error: api(503), type: 'uncertain', code: 'provider_internal' },
    { name: 'no token (404)', error: token(404), type: 'refused', code: 'provider_unavailable' },
    { name: 'no token (503)', error: token(503), type: 'refused', code: 'provider_unavailable' },
    { name: 'connection refused', error: network('ECONNREFUSED'), type: 'refused', code: 'provider_unavailable' },
    { name: 'connection lost', error: network('ECONNRESET'), type: 'uncertain', code: 'provider_unavailable' },
    {
      name: 'an answer that is not JSON',
      error: new SyntaxError('Unexpected token'),
      type: 'uncertain',
      code: 'provider_unavailable',
    },
  ] as const;
  for (const { name, error, type, code } of submits) {
    it(`submit: ${name} is ${type}, ${code}`, () => {
      const result = classifySubmitError(error);
      assert.equal(result.type, type);
      assert.equal('error' in result && result.error.code, code);
    });
  }

  it('submit: waits as long as RetryInfo says', () => {
    const result = classifySubmitError(api(429, '{"details":[{"retryDelay":"12.5s"}]}'));
    assert.equal(result.type === 'refused' && result.retryAfterMs, 12_500);
  });

  it('poll: only 404 says that the job is gone', () => {
    assert.deepEqual(classifyPollError(api(404)), { type: 'lost' });
    for (const status of [400, 401, 403, 429, 500, 503])
      assert.equal(classifyPollError(api(status)).type, 'unreadable');
    assert.equal(classifyPollError(network('ECONNRESET')).type, 'unreadable');
    assert.equal(classifyPollError(token(404)).type, 'unreadable', 'that was not the answer about the job');
  });

  const operations = [
    { error: { code: 3, message: 'bad' }, code: 'invalid_request' },
    { error: { code: 3, message: 'Support codes: 61493863' }, code: 'content_blocked' },
    { error: { code: 8, message: 'quota' }, code: 'provider_quota' },
    { error: { code: 13, message: 'internal' }, code: 'provider_internal' },
    { error: { code: 14, message: 'overloaded' }, code: 'provider_unavailable' },
    { error: { message: 'who knows' }, code: 'provider_internal' },
  ];
  for (const { error, code } of operations) {
    it(`operation: ${JSON.stringify(error)} is ${code}`, () => {
      const result = classifyOperationError(error);
      assert.equal(result.type === 'failed' && result.error.code, code);
    });
  }

  it('names the categories of safety codes', () => {
    assert.deepEqual(blockReasonsOf(['Violence (61493863), and 56562880', 'code 57734940']), ['hate', 'violence']);
    assert.deepEqual(blockReasonsOf(['for some reason', 'number 12345678']), ['unspecified']);
    assert.deepEqual(blockReasonsOf([]), []);
  });
});
