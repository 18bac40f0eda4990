import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { MovableClock } from '../../clock.ts';
import { Activity } from '../../host/clock/activity.ts';
import type { ScheduleFunction } from '../../host/functions/hosted-function.ts';
import { HttpClient } from '../../host/http-client.ts';
import { nextRunOf } from '../../host/schedules/next-run.ts';
import { ScheduledJob } from '../../host/schedules/scheduled-job.ts';
import { SCHEDULE_RETRY_DEFAULTS } from '../../host/tasks/backoff.ts';
import { type FixtureHost, json, PROJECT, START_MS, startFixture, until } from './fixture-host.ts';

const HOUR_MS = 3_600_000;
const iso = (ms: unknown) => new Date(Number(ms)).toISOString();

describe('host: schedules', () => {
  let fixture: FixtureHost;
  afterEach(() => fixture.stop());

  it('runs each tick at its own time when the clock is moved over many', async () => {
    fixture = await startFixture();
    const { ran } = await fixture.host.advanceBy(3 * HOUR_MS);
    assert.deepEqual(ran, { tasks: 0, schedules: 3 });
    const entries = fixture.ran('hourly');
    const expected = ['13', '14', '15'].map((hour) => `2026-03-10T${hour}:00:00.000Z`);
    assert.deepEqual(
      entries.map((entry) => entry.hourly),
      expected,
    );
    assert.deepEqual(
      entries.map((entry) => iso(entry.atMs)),
      expected,
    );
    assert.equal(entries[0]?.jobName, 'firebase-schedule-hourly-us-central1');
  });

  it('follows its own time zone over both changes of the clocks', async () => {
    const clock = new MovableClock({ startAtMs: Date.parse('2026-03-28T00:00:00Z'), running: false });
    fixture = await startFixture({ clock });
    await fixture.host.advanceTo(Date.parse('2026-03-31T00:00:00Z'));
    const spring = fixture.ran('berlin').map(({ berlin }) => berlin);
    await fixture.host.advanceTo(Date.parse('2026-10-24T00:00:00Z'));
    fixture.ran();
    await fixture.host.advanceTo(Date.parse('2026-10-27T00:00:00Z'));
    const autumn = fixture.ran('berlin').map(({ berlin }) => berlin);
    // 02:30 does not exist on 29 March, so the run comes when the gap is over; on 25 October it exists twice and runs once.
    assert.deepEqual(spring, ['2026-03-28T01:30:00.000Z', '2026-03-29T01:00:00.000Z', '2026-03-30T00:30:00.000Z']);
    assert.deepEqual(autumn, ['2026-10-24T00:30:00.000Z', '2026-10-25T00:30:00.000Z', '2026-10-26T01:30:00.000Z']);
  }).timeout(20_000);

  it('tries a failed run again with back-off, under its first schedule time', async () => {
    const warnings: string[] = [];
    const clock = new MovableClock({ startAtMs: Date.parse('2026-03-11T05:59:00Z'), running: false });
    fixture = await startFixture({ clock, env: { API_KEY: 'set' }, onWarning: (line) => warnings.push(line) });
    await fixture.host.advanceBy(120_000);
    const entries = fixture.ran('flaky');
    assert.deepEqual(
      entries.map(({ atMs }) => (Number(atMs) - Date.parse('2026-03-11T06:00:00Z')) / 1000),
      [0, 5, 15, 35],
    );
    assert.deepEqual(new Set(entries.map(({ flaky }) => flaky)), new Set(['2026-03-11T06:00:00.000Z']));
    assert.deepEqual(warnings, ['schedule flaky failed with 500 after 4 attempts']);
  });

  it('runs when asked to, and by the URL that the official suite uses', async () => {
    fixture = await startFixture();
    assert.equal(await fixture.host.runSchedule('hourly'), 200);
    const post = (path: string, headers = {}) => fetch(fixture.host.url + path, { method: 'POST', headers });
    assert.deepEqual(await json(await post('/__local/schedules/flaky/run')), {
      name: 'flaky',
      status: 500,
      ok: false,
    });
    assert.equal((await post('/__local/schedules/none/run')).status, 404);
    const headers = { 'X-CloudScheduler-JobName': 'by-hand', 'X-CloudScheduler-ScheduleTime': '2026-01-01T00:00:00Z' };
    const answer = await post(`/functions/projects/${PROJECT}/triggers/us-central1-hourly-0`, headers);
    assert.equal(answer.status, 200);
    assert.deepEqual(
      fixture.ran('hourly').map(({ hourly, jobName, atMs }) => [hourly, jobName, atMs]),
      [
        [iso(START_MS), 'firebase-schedule-hourly-us-central1', START_MS],
        ['2026-01-01T00:00:00Z', 'by-hand', START_MS],
      ],
    );
  });

  it('runs by itself while the clock runs', async () => {
    const clock = new MovableClock({ startAtMs: Date.parse('2026-03-10T12:59:59.950Z') });
    fixture = await startFixture({ clock });
    assert.equal((await fixture.waitForRun('hourly')).length, 1);
  });
});

describe('host: a scheduled job', () => {
  it('never has two runs at a time: the next waits for the one that is out, and those after it are dropped', async () => {
    const scheduleTimes: string[] = [];
    let release: () => void = () => undefined;
    const server = createServer((req, res) => {
      scheduleTimes.push(String(req.headers['x-cloudscheduler-scheduletime']));
      release = () => res.end();
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const clock = new MovableClock({ startAtMs: START_MS, running: false });
    const activity = new Activity();
    const http = new HttpClient();
    const fn: ScheduleFunction = {
      kind: 'schedule',
      name: 'job',
      regions: ['us-central1'],
      timeoutMs: 60_000,
      handler: () => undefined,
      schedule: '* * * * *',
      timeZone: 'UTC',
      retry: SCHEDULE_RETRY_DEFAULTS,
    };
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const job = new ScheduledJob({ fn, url, clock, activity, http, changed: () => undefined, warn: () => undefined });
    const moveAndRun = (ms: number) => {
      clock.moveTo(clock.now() + ms);
      job.runDue();
    };

    moveAndRun(30_000);
    await until(() => scheduleTimes.length === 1);
    moveAndRun(60_000);
    moveAndRun(60_000);
    moveAndRun(60_000);
    assert.equal(job.nextDueMs(), undefined);
    await assert.rejects(job.runNow(), /job is running/);
    release();
    await activity.idle();
    job.runDue();
    await until(() => scheduleTimes.length === 2);
    release();
    await activity.idle();
    assert.deepEqual(scheduleTimes, ['2026-03-10T12:01:00.000Z', '2026-03-10T12:02:00.000Z']);
    assert.equal(iso(job.nextDueMs()), '2026-03-10T12:05:00.000Z');
    http.close();
    await new Promise((done) => server.close(done));
  });
});

describe('host: reading schedules', () => {
  const noon = Date.parse('2026-03-10T12:00:00Z');
  const rows = [
    { schedule: '* * * * *', zone: 'UTC', next: '2026-03-10T12:01:00.000Z' },
    { schedule: '*/5 * * * *', zone: 'Asia/Kolkata', next: '2026-03-10T12:05:00.000Z' },
    { schedule: '0 9 * * MON', zone: 'America/New_York', next: '2026-03-16T13:00:00.000Z' },
    { schedule: 'every 5 minutes', zone: 'UTC', next: '2026-03-10T12:05:00.000Z' },
    { schedule: 'every 1 hours', zone: 'UTC', next: '2026-03-10T13:00:00.000Z' },
    { schedule: 'Every 24 hours', zone: 'UTC', next: '2026-03-11T00:00:00.000Z' },
    { schedule: 'every 10 mins synchronized', zone: 'UTC', next: '2026-03-10T12:10:00.000Z' },
    { schedule: 'every day 09:30', zone: 'Europe/Berlin', next: '2026-03-11T08:30:00.000Z' },
    { schedule: 'every mon,thursday 09:00', zone: 'UTC', next: '2026-03-12T09:00:00.000Z' },
    { schedule: '0 0 29 2 *', zone: 'UTC', next: '2028-02-29T00:00:00.000Z' },
  ];
  for (const { schedule, zone, next } of rows) {
    it(`${schedule} in ${zone}`, () => {
      assert.equal(new Date(nextRunOf(schedule, zone)(noon)).toISOString(), next);
    });
  }

  const refused = [
    { schedule: 'sometimes', zone: 'UTC' },
    { schedule: 'every 0 minutes', zone: 'UTC' },
    { schedule: 'every someday 09:00', zone: 'UTC' },
    { schedule: '* * * * * *', zone: 'UTC' },
    { schedule: '* * * * *', zone: 'Mars/Olympus' },
  ];
  for (const { schedule, zone } of refused) {
    it(`refuses ${schedule} in ${zone}`, () => {
      assert.throws(() => nextRunOf(schedule, zone), RangeError);
    });
  }
});
