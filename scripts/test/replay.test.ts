import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import {
  type Client,
  capturedLogs,
  clientFor,
  database,
  frozenStack,
  type Logs,
  placeOf,
} from '../../functions/test/stack/harness.ts';
import type { Stack } from '../../local/stack/in-process.ts';
import { DEFAULT_MAPPING, loadMapping, readRecordedFile } from '../mapping/read-file.ts';
import { ReplayError, sendBatch } from '../replay/batch.ts';
import { replayRows } from '../replay/index.ts';
import { showProgress } from '../replay/progress.ts';
import { type ReplayRow, rowsOf } from '../replay/rows.ts';

const SAMPLE = fileURLToPath(new URL('./fixture/drive-sample.csv', import.meta.url));
const COMMAND = fileURLToPath(new URL('../replay.ts', import.meta.url));

describe('a history is replayed through the API', function () {
  this.timeout(30_000);
  let stack: Stack;
  let logs: Logs;
  let ingest: Client;
  let rows: ReplayRow[];
  let dir: string;

  before(async () => {
    logs = capturedLogs();
    stack = await frozenStack();
    ingest = await clientFor(placeOf(stack), 'ingest', { role: 'ingest' });
    const { requests } = await readRecordedFile(SAMPLE, await loadMapping(DEFAULT_MAPPING), 100);
    rows = rowsOf(requests, 'replay');
    dir = await mkdtemp(join(tmpdir(), 'replay-'));
  });
  after(async () => {
    await stack?.stop();
    logs?.restore();
    await rm(dir, { recursive: true, force: true });
  });

  const destination = () => ({ url: stack.url, headers: { Authorization: `Bearer ${ingest.idToken}` } });
  const kept = async () =>
    (await (await database()).collection('video_generation_metrics').get()).docs.map((d) => d.data());
  async function command(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    try {
      const done = await promisify(execFile)(process.execPath, [COMMAND, ...args], { cwd: dir, timeout: 20_000 });
      return { code: 0, ...done };
    } catch (error) {
      // A command that exits with another code than 0 is what some of these tests are about.
      const { code = -1, stdout = '', stderr = '' } = error as { code?: number; stdout?: string; stderr?: string };
      return { code, stdout, stderr };
    }
  }

  it('gives each row an id of its own, the same in whatever order the rows are', async () => {
    const { requests } = await readRecordedFile(SAMPLE, await loadMapping(DEFAULT_MAPPING), 100);
    const twice = [...requests, ...requests];
    const ids = (of: typeof requests, source = 'replay') =>
      rowsOf(of, source)
        .map(({ report }) => report.id)
        .sort();
    assert.equal(new Set(ids(twice)).size, 50);
    assert.deepEqual(ids(twice.toReversed()), ids(twice));
    assert.equal(ids(requests, 'another').filter((id) => ids(requests).includes(id)).length, 0);
  });

  it('reports what the file says, once', async () => {
    const answered: number[] = [];
    const first = await replayRows(rows, destination(), (done) => answered.push(done));
    assert.deepEqual({ ...first, wallMs: 0 }, { accepted: 25, unchanged: 0, refused: [], wallMs: 0 });
    assert.deepEqual(answered, [25]);
    const again = await replayRows(rows.toReversed(), destination());
    assert.deepEqual([again.accepted, again.unchanged], [0, 25]);
    const metrics = await kept();
    const count = (outcome: string | null) => metrics.filter((each) => each.outcome === outcome).length;
    assert.deepEqual([count('succeeded'), count('failed'), count(null)], [20, 4, 1]);
    for (const { report } of rows) {
      const found = metrics.find(({ requestedAt, totalMs = null, model, videosAsked, reportHash }) => {
        const isAtIt = requestedAt.toDate().toISOString() === report.requestedAt && reportHash;
        return (
          isAtIt && totalMs === (report.totalMs ?? null) && model === report.model && videosAsked === report.videosAsked
        );
      });
      assert.ok(found, JSON.stringify(report));
      assert.deepEqual(
        [found.outcome, found.videoSec, found.errorCode],
        [report.outcome ?? null, report.videoSec ?? 0, report.outcome === 'failed' ? 'unspecified' : undefined],
      );
    }
  });

  it('as a command: tells how it went, lists what cannot be used and exits with 1 for that', async () => {
    const { body } = await ingest.call('POST', '/api-keys', { name: 'replay', scopes: ['ingest'] });
    const to = ['--url', stack.url, '--key', body.key];
    const whole = await command(SAMPLE, ...to);
    assert.equal(whole.code, 0, whole.stderr);
    assert.match(
      whole.stdout,
      /^25 rows in [\d.]+ s, \d+ rows\/s\n0 accepted, 25 in already, 0 refused, 0 not readable\n$/,
    );
    const lines = (await readFile(SAMPLE, 'utf8')).trimEnd().split('\n');
    const broken = join(dir, 'broken.csv');
    // In the future of the stack: readable, and refused by the API.
    const future = (lines[1] ?? '').replace(/^\d{4}/, '2041');
    await writeFile(broken, [...lines.slice(0, 3), (lines[3] ?? '').replace(/^[^,]+/, 'no time'), future].join('\n'));
    const partly = await command(broken, ...to, '--source', 'another');
    assert.equal(partly.code, 1, partly.stderr);
    assert.match(partly.stdout, /2 accepted, 0 in already, 1 refused, 1 not readable/);
    const listed = (await readFile(join(dir, 'broken.bad.csv'), 'utf8')).trimEnd().split('\n');
    assert.deepEqual(listed.slice(0, 2), [
      'line,reason',
      '4,"gmt_create: ""no time"" is no time like YYYY-MM-DD HH:MM:SS"',
    ]);
    assert.match(listed[2] ?? '', /^5,"requestedAt: is over five minutes ahead/);
  });

  it('as a command: exits with 2 where nothing can be done, and says why', async () => {
    for (const [args, why] of [
      [[], /^npm run replay/],
      [[SAMPLE], /name one system/],
      [[SAMPLE, '--url', stack.url], /an API key of scope ingest is needed/],
      [[SAMPLE, '--url', stack.url, '--key', 'dly_wrong'], /answered 401/],
      [['nosuch.csv', '--local'], /ENOENT/],
      [[SAMPLE, '--local', '--port', '1'], /cannot sign in at 127.0.0.1:3/],
    ] as const) {
      const { code, stdout, stderr } = await command(...args);
      assert.equal(code, 2, stderr);
      assert.match(`${stdout}${stderr}`, why);
    }
  });

  it('waits as long as a 429 says and tries again after an error, but not for ever', async () => {
    const answers: [number, Record<string, string>, string][] = [
      [429, { 'Retry-After': '0' }, '{}'],
      [503, { 'Retry-After': '0' }, 'x'],
      [200, {}, 'no JSON'],
      [200, {}, '{"results":[]}'],
      [400, {}, '{"detail":"no"}'],
    ];
    let served = 0;
    const server = createServer((_, response) => {
      const [status, headers, body] = answers[served++] ?? [503, { 'Retry-After': '0' }, ''];
      response.writeHead(status, headers).end(body);
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const to = { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, headers: {} };
    try {
      assert.deepEqual(await sendBatch(to, []), []);
      assert.equal(served, 4);
      await assert.rejects(
        sendBatch(to, []),
        (error) => error instanceof ReplayError && /answered 400/.test(error.message),
      );
      assert.equal(served, 5);
      await assert.rejects(sendBatch(to, []), /answered 503:.*\(8 times\)/);
      assert.equal(served, 13);
    } finally {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    }
  });

  it('shows nothing on an output that is no terminal before five seconds', () => {
    const written: string[] = [];
    const out = { isTTY: false, write: (text: string) => written.push(text) > 0 };
    const progress = showProgress(100, out);
    progress.show(50);
    progress.clear();
    assert.deepEqual(written, []);
  });
});
