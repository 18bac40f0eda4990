import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { drive } from '../drive/index.ts';
import { printed } from '../drive/print.ts';
import type { DriveReport } from '../drive/report.ts';
import { DEFAULT_MAPPING, loadMapping, readRecordedFile } from '../mapping/read-file.ts';

const SAMPLE = fileURLToPath(new URL('./fixture/drive-sample.csv', import.meta.url));

describe('a recorded file drives the whole system', () => {
  let report: DriveReport;
  const seen: string[] = [];

  before(async function () {
    this.timeout(30_000);
    const recorded = await readRecordedFile(SAMPLE, await loadMapping(DEFAULT_MAPPING), 100);
    report = await drive(recorded, {
      onProgress: (asked, nowMs) => seen.push(`${asked} ${new Date(nowMs).toISOString()}`),
    });
  });

  it('ends every generation as the file says', () => {
    assert.deepEqual(report.outcomes, [
      { kind: 'image_to_video', inFile: 'failed', file: 1, system: { failed: 1 } },
      { kind: 'image_to_video', inFile: 'succeeded', file: 4, system: { succeeded: 4 } },
      { kind: 'reference_to_video', inFile: 'failed', file: 1, system: { failed: 1 } },
      { kind: 'reference_to_video', inFile: 'succeeded', file: 2, system: { succeeded: 2 } },
      { kind: 'text_to_video', inFile: 'failed', file: 2, system: { failed: 2 } },
      { kind: 'text_to_video', inFile: 'never', file: 1, system: { expired: 1 } },
      { kind: 'text_to_video', inFile: 'succeeded', file: 14, system: { succeeded: 14 } },
    ]);
  });

  it('holds every check', () => {
    assert.deepEqual(report.checks, [
      { name: 'every row was taken in', ok: true, found: '25 of 25' },
      { name: 'asked for at its own time', ok: true, found: '25 of 25' },
      { name: 'outcome as in the file', ok: true, found: '25 of 25' },
      { name: 'at the first attempt', ok: true, found: '25 of 25' },
      { name: 'all videos asked for, or none', ok: true, found: '25 of 25' },
      { name: 'render time to within one poll', ok: true, found: '24 of 24' },
      { name: 'nothing left open', ok: true, found: '0 generations, 0 tasks' },
    ]);
  });

  it('asks at the times of the rows, in order, and says how far it is', () => {
    assert.equal(seen.length, 25);
    assert.deepEqual(seen.slice(0, 6), [
      '1 2024-06-03T09:00:00.000Z',
      '2 2024-06-03T09:00:40.000Z',
      '3 2024-06-03T09:01:00.000Z',
      '4 2024-06-03T09:01:00.000Z',
      '5 2024-06-03T09:02:15.000Z',
      '6 2024-06-03T09:03:10.000Z',
    ]);
  });

  it('counts what it took', () => {
    assert.equal(report.asked, 25);
    assert.equal(report.bad.length, 0);
    assert.equal(
      report.scheduleRuns,
      4 * 36 + 8 + 4 + 1,
      'sweeper, aggregation, alerts and monitoring each minute from the first row to the last end, warehouse each 5, clean-up each 10, insights each hour',
    );
    assert.equal(report.billed.analytics_events?.writes, 3);
    assert.deepEqual(report.billed.video_generation_metrics?.writes, 1);
    assert.ok(report.polls.mean >= 1 && report.polls.max >= report.polls.p95 && report.polls.p95 >= report.polls.p50);
    assert.ok(report.seenLateMs.max >= report.seenLateMs.p95);
    assert.ok(report.wallMs > 0 && report.rowsPerSec > 0);
  });

  it('prints it', () => {
    const lines = printed(report).split('\n');
    assert.equal(lines[0], 'kind                in the file  file  system');
    assert.ok(lines.includes('text_to_video       never        1     expired 1'));
    assert.ok(lines.includes('ok    render time to within one poll: 24 of 24'));
    assert.ok(lines.some((line) => line.startsWith('25 rows, 0.6 hours of their time in ')));
  });

  it('has nothing to do without a request', async () => {
    await assert.rejects(drive({ requests: [], bad: [] }), /there is no request to make/);
  });
});

describe('npm run drive', () => {
  let dir: string;
  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'dailies-drive-'));
  });
  after(() => rm(dir, { recursive: true }));

  const command = (...args: string[]): Promise<{ code: number; out: string; err: string }> => {
    const script = fileURLToPath(new URL('../drive.ts', import.meta.url));
    return new Promise((resolve) => {
      execFile(process.execPath, [script, ...args], (error, out, err) =>
        resolve({ code: Number(error?.code ?? 0), out, err }),
      );
    });
  };
  const file = async (name: string, text: string) => {
    await writeFile(join(dir, name), text);
    return join(dir, name);
  };
  const HEADER =
    'gmt_create,predict_type,predict_status,exec_time_seconds,groupId,prompt_length,negative_prompt_length,num_images_per_prompt,checkpoint_model_version_id\n';
  const ROW = '2024-06-03 09:00:00,TXT_2_IMG,SUCCEED,18.0,ada,63.0,,1.0,alpha\n';

  it('says how it is used', async () => {
    assert.equal((await command('--help')).code, 0);
    const { code, out } = await command();
    assert.equal(code, 2);
    assert.match(out, /^npm run drive -- FILE\.csv/);
    assert.equal((await command('a.csv', '--rows', '0')).code, 2);
  });

  it('stops at rows that cannot be used, before anything starts', async () => {
    const bad = await file('bad.csv', `${HEADER}${ROW}soon${ROW.slice(19)}`);
    const { code, err } = await command(bad);
    assert.equal(code, 2);
    assert.equal(err, '1 rows cannot be used:\n  line 3: gmt_create: "soon" is no time like YYYY-MM-DD HH:MM:SS\n');
  });

  it('leaves them out when told to', async () => {
    const bad = await file('skip.csv', `${HEADER}${ROW}soon${ROW.slice(19)}`);
    const { code, out } = await command(bad, '--skip-bad');
    assert.equal(code, 0, out);
    assert.match(out, /^ok {4}every row was taken in: 1 of 1$/m);
    assert.match(out, /1 rows cannot be used:\n {2}line 3: /);
    assert.doesNotMatch(out, /"severity"/);
  });

  it('stops at a file or a mapping that does not fit', async () => {
    const other = await command(await file('other.csv', 'a,b\n'));
    assert.deepEqual([other.code, /has no column gmt_create/.test(other.err)], [2, true]);
    const map = await command(SAMPLE, '--map', await file('map.json', '{}'));
    assert.deepEqual([map.code, /the mapping does not fit/.test(map.err)], [2, true]);
    assert.equal((await command(join(dir, 'none.csv'))).code, 2);
  });
});
