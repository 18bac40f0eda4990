import assert from 'node:assert/strict';
import { MovableClock } from '../../clock.ts';
import { type Started, startWithClient } from './started.ts';

const MINUTE_MS = 60_000;
const NAME = "videos/ü & (1)'s.mp4";

describe('storage: V4 signed URLs by an unmodified firebase-admin', () => {
  let started: Started;
  before(async () => {
    started = await startWithClient();
    const file = started.bucket.file(NAME);
    await file.save('0123456789', { resumable: false, contentType: 'video/mp4' });
  });
  after(() => started.stop());

  async function sign(options: object = {}): Promise<string> {
    const nowMs = started.clock.now();
    const [url] = await started.bucket.file(NAME).getSignedUrl({
      version: 'v4',
      action: 'read',
      accessibleAt: new Date(nowMs),
      expires: new Date(nowMs + 15 * MINUTE_MS),
      ...options,
    });
    return url;
  }

  it('points at this server, serves the bytes, and a range of them', async () => {
    const url = await sign();
    assert.equal(new URL(url).origin, started.server.url);
    const all = await fetch(url);
    assert.deepEqual(
      [all.status, all.headers.get('content-type'), all.headers.get('accept-ranges'), await all.text()],
      [200, 'video/mp4', 'bytes', '0123456789'],
    );
    const tables = [
      { range: 'bytes=2-4', status: 206, contentRange: 'bytes 2-4/10', body: '234' },
      { range: 'bytes=7-', status: 206, contentRange: 'bytes 7-9/10', body: '789' },
      { range: 'bytes=-3', status: 206, contentRange: 'bytes 7-9/10', body: '789' },
      { range: 'bytes=0-99', status: 206, contentRange: 'bytes 0-9/10', body: '0123456789' },
      { range: 'bytes=10-', status: 416, contentRange: 'bytes */10', body: '' },
      { range: 'bytes=4-2', status: 200, contentRange: null, body: '0123456789' },
      { range: 'frames=1-2', status: 200, contentRange: null, body: '0123456789' },
    ];
    for (const { range, status, contentRange, body } of tables) {
      const answer = await fetch(url, { headers: { Range: range } });
      const actual = [answer.status, answer.headers.get('content-range'), await answer.text()];
      assert.deepEqual(actual, [status, contentRange, body], range);
    }
  });

  it('answers HEAD and a preflight, and lets any origin read', async () => {
    const url = await sign();
    const head = await fetch(url, { method: 'HEAD' });
    assert.deepEqual([head.status, head.headers.get('content-length'), await head.text()], [200, '10', '']);
    assert.equal(head.headers.get('access-control-allow-origin'), '*');
    const preflight = await fetch(url, { method: 'OPTIONS', headers: { Origin: 'http://web.example' } });
    assert.deepEqual(
      [preflight.status, preflight.headers.get('access-control-allow-headers')],
      [200, 'Range, Content-Type'],
    );
  });

  it('sets the response headers that were signed', async () => {
    const disposition = 'attachment; filename="a b.mp4"';
    const answer = await fetch(await sign({ responseDisposition: disposition, responseType: 'video/x-test' }));
    assert.equal(answer.headers.get('content-disposition'), disposition);
    assert.equal(answer.headers.get('content-type'), 'video/x-test');
  });

  it('expires by the movable clock', async () => {
    const url = await sign();
    started.clock.moveTo(started.clock.now() + 14 * MINUTE_MS);
    assert.equal((await fetch(url)).status, 200);
    started.clock.moveTo(started.clock.now() + 2 * MINUTE_MS);
    const late = await fetch(url);
    assert.equal(late.status, 400);
    assert.match(await late.text(), /<Code>ExpiredToken<\/Code>.*Request signature expired at/s);
  });

  it('is not good before its time', async () => {
    const opensAtMs = started.clock.now() + 60 * MINUTE_MS;
    const url = await sign({ accessibleAt: new Date(opensAtMs), expires: new Date(opensAtMs + 15 * MINUTE_MS) });
    assert.equal((await fetch(url)).status, 403);
  });

  const tampered = [
    { name: 'another object', change: (url: string) => url.replace('videos', 'secret'), status: 403 },
    { name: 'a longer life', change: (url: string) => url.replace('Expires=900', 'Expires=90000'), status: 403 },
    {
      name: 'another date',
      change: (url: string) =>
        url.replace(/(X-Goog-Date=\d{8}T\d{4})(\d)/, (_, start, digit) => `${start}${(Number(digit) + 1) % 6}`),
      status: 403,
    },
    {
      name: 'a signature of noughts',
      change: (url: string) => url.replace(/Signature=\w{8}/, 'Signature=00000000'),
      status: 403,
    },
    { name: 'half a signature', change: (url: string) => url.replace(/Signature=\w/, 'Signature='), status: 400 },
    { name: 'an added parameter', change: (url: string) => `${url}&response-content-type=text/html`, status: 403 },
    {
      name: 'another signer',
      change: (url: string) => url.replace('Credential=local', 'Credential=other'),
      status: 403,
    },
    { name: 'no date', change: (url: string) => url.replace(/X-Goog-Date=[^&]*&/, ''), status: 400 },
    { name: 'no signature at all', change: (url: string) => url.replace(/\?.*/, ''), status: 403 },
  ];
  for (const { name, change, status } of tampered) {
    it(`refuses ${name} with an XML error`, async () => {
      const answer = await fetch(change(await sign()));
      assert.equal(answer.status, status);
      assert.match(await answer.text(), /^<\?xml .*<Error><Code>\w+<\/Code>/);
    });
  }

  it('answers 404 for an object that is gone, and 405 for another method', async () => {
    const file = started.bucket.file('gone');
    const expires = started.clock.now() + MINUTE_MS;
    const [url] = await file.getSignedUrl({
      version: 'v4',
      action: 'read',
      accessibleAt: started.clock.now(),
      expires,
    });
    const answer = await fetch(url);
    assert.deepEqual([answer.status, /<Code>NoSuchKey</.test(await answer.text())], [404, true]);
    assert.equal((await fetch(url, { method: 'PUT', body: 'x' })).status, 405);
  });

  it('is judged by real time while the clock is in the past', async () => {
    const clock = new MovableClock({ startAtMs: Date.UTC(2024, 10, 1), running: false });
    const past = await startWithClient({ clock });
    try {
      const file = past.bucket.file('old');
      await file.save('old', { resumable: false });
      assert.equal((await file.getMetadata())[0].timeCreated, '2024-11-01T00:00:00.000Z');
      const expires = Date.now() + MINUTE_MS;
      const [url] = await file.getSignedUrl({ version: 'v4', action: 'read', expires });
      assert.equal((await fetch(url)).status, 200);
    } finally {
      await past.stop();
    }
  });

  it('follows another process’s clock', async () => {
    const nowMs = started.clock.now() + 1000 * MINUTE_MS;
    const answer = await fetch(`${started.server.url}/__clock`, {
      method: 'POST',
      body: JSON.stringify({ nowMs, running: false }),
    });
    assert.deepEqual(await answer.json(), { nowMs, running: false });
    assert.equal(started.clock.now(), nowMs);
    const wrong = await fetch(`${started.server.url}/__clock`, { method: 'POST', body: '{"nowMs": "noon"}' });
    assert.equal(wrong.status, 400);
  });
});
