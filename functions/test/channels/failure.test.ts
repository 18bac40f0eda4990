import assert from 'node:assert/strict';
import { redacted, refusedWith, retryAfterMsOf } from '../../src/channels/failure.ts';
import { now } from '../../src/platform/clock.ts';

describe('channels: how long a vendor asks to wait', () => {
  const rows: [string | null | undefined, number | undefined][] = [
    ['0', 0],
    ['42', 42_000],
    [' 7 ', 7_000],
    ['86400', 3_600_000],
    ['9'.repeat(400), undefined],
    ['soon', undefined],
    ['', undefined],
    [null, undefined],
    [undefined, undefined],
    ['Wed, 21 Oct 2015 07:28:00 GMT', 0],
    ['Fri, 31 Dec 9999 23:59:59 GMT', 3_600_000],
  ];
  for (const [header, expected] of rows) {
    it(`${String(header).slice(0, 40)} is ${expected}`, () => assert.equal(retryAfterMsOf(header), expected));
  }

  it('reads a date to the second', () => {
    const inTwoMinutes = retryAfterMsOf(new Date(now().getTime() + 120_000).toUTCString()) ?? 0;
    assert.ok(inTwoMinutes > 118_000 && inTwoMinutes <= 120_000, `${inTwoMinutes}`);
  });
});

describe('channels: what a refusal tells', () => {
  it('is one line of 300 characters at most, without the secrets, the longest hidden first', () => {
    const text = redacted(`a\r\nhttps://hook.example/T/abcdef\u0000 /T/abcdef ${'x'.repeat(400)}`, [
      '/T/abcdef',
      'https://hook.example/T/abcdef',
    ]);
    assert.ok(text.startsWith('a [hidden] [hidden] xxx') && text.length === 300, text);
  });

  const rows: [number, boolean, boolean][] = [
    ...([101, 302, 400, 401, 404, 409, 410, 413, 422].map((status) => [status, false, false]) as [
      number,
      false,
      false,
    ][]),
    ...([
      [408, true, true],
      [425, true, false],
      [429, true, false],
    ] as [number, boolean, boolean][]),
    ...([
      [500, true, true],
      [502, true, true],
      [503, true, false],
      [504, true, true],
    ] as [number, boolean, boolean][]),
  ];
  for (const [status, retry, uncertain] of rows) {
    it(`${status}: ${retry ? 'again' : 'never again'}, ${uncertain ? 'may have arrived' : 'did not arrive'}`, () => {
      const failure = refusedWith({ status, message: 'no', secrets: [] });
      assert.deepEqual(failure, { ok: false, retry, uncertain, code: String(status), message: 'no' });
    });
  }
});
