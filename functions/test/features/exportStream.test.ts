import assert from 'node:assert/strict';
import { deleteApp } from 'firebase-admin/app';
import { AppError } from '../../src/core/errors.ts';
import type { Page, Source } from '../../src/features/export/page.ts';
import { MAX_AT_ONCE, takePlace } from '../../src/features/export/places.ts';
import { streamOf } from '../../src/features/export/stream.ts';
import { noProgress, textsOf } from '../../src/features/export/texts.ts';
import { app } from '../../src/platform/app.ts';
import { capturedLogs, type Logs } from '../stack/harness.ts';

const PAGES = 200;
const ROWS = 500;

/** A source of 200 pages that tells how many were read; page `failsAt` cannot be. */
function counted(failsAt = Infinity) {
  const read = { pages: 0 };
  const source: Source = {
    columns: ['n', 'text'],
    count: async () => PAGES * ROWS,
    async page(position = '0'): Promise<Page> {
      read.pages++;
      const at = Number(position);
      if (at === failsAt) throw new Error('the database is away');
      const rows = Array.from({ length: ROWS }, (_, n) => [at * ROWS + n, 'x'.repeat(1_000)]);
      return { rows, units: ROWS, ...(at + 1 < PAGES && { next: String(at + 1) }) };
    },
  };
  return { source, read };
}

async function open(failsAt?: number) {
  const { source, read } = counted(failsAt);
  const progress = noProgress();
  const ends: boolean[] = [];
  const texts = textsOf(source, { format: 'json' }, progress, { first: await source.page() });
  const body = streamOf(texts, async (isComplete) => void ends.push(isComplete));
  return { reader: body.getReader(), progress, ends, read };
}

const turns = () => new Promise((resolve) => setImmediate(resolve));

describe('the stream of an export', () => {
  let logs: Logs;
  before(() => {
    logs = capturedLogs();
  });
  after(() => logs.restore());

  it('reads no page ahead of a client that does not read', async () => {
    const { reader, read, ends } = await open();
    for (let i = 0; i < 20; i++) await turns();
    assert.equal(read.pages, 1, 'the first, by which its size is known');
    for (let taken = 1; taken <= 5; taken++) {
      await reader.read();
      for (let i = 0; i < 20; i++) await turns();
      assert.equal(read.pages, taken);
    }
    assert.deepEqual(ends, []);
    await reader.cancel();
    assert.deepEqual(ends, [false]);
    for (let i = 0; i < 20; i++) await turns();
    assert.equal(read.pages, 5);
  });

  it('needs no more memory for 100 MB than for a page', async () => {
    const { reader, progress, ends } = await open();
    let bytes = 0;
    let largest = 0;
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
      bytes += chunk.value.length;
      largest = Math.max(largest, chunk.value.length);
    }
    assert.ok(bytes > 100e6 && largest < 600_000, `${bytes} bytes, at most ${largest} at once`);
    assert.deepEqual([progress.rows, progress.bytes, ends], [PAGES * ROWS, bytes, [true]]);
  });

  it('breaks off, without a proper end, when its time is over, however long a text takes', async () => {
    async function* texts() {
      yield 'quick';
      const untilMs = performance.now() + 30;
      while (performance.now() < untilMs) await turns();
      yield 'slow';
    }
    const ends: boolean[] = [];
    const reader = streamOf(texts(), async (isComplete) => void ends.push(isComplete), 20).getReader();
    assert.equal((await reader.read()).done, false);
    await assert.rejects(reader.read(), /took too long/);
    assert.deepEqual(ends, [false]);
    logs.lines.length = 0;
  });

  it('breaks off, without a proper end, where a page cannot be read', async () => {
    const { reader, ends } = await open(3);
    for (let taken = 0; taken < 3; taken++) assert.equal((await reader.read()).done, false);
    await assert.rejects(reader.read(), /the database is away/);
    assert.deepEqual(ends, [false]);
    assert.equal(logs.lines.filter(({ message }) => message === 'export broken off').length, 1);
  });
});

describe('the places for exports on an instance', () => {
  before(() => {
    process.env.GCLOUD_PROJECT ??= 'demo-dailies';
  });
  after(() => deleteApp(app()));

  it('are ten; one that is given back is free again, once', () => {
    const releases = Array.from({ length: MAX_AT_ONCE }, takePlace);
    assert.equal(releases.length, 10);
    assert.throws(takePlace, (error) => {
      assert.ok(error instanceof AppError && error.code === 'limit_exceeded' && error.exceeded?.freesAt);
      return true;
    });
    releases[0]?.();
    releases[0]?.();
    releases.push(takePlace());
    assert.throws(takePlace);
    for (const release of releases) release();
    takePlace()();
  });
});
