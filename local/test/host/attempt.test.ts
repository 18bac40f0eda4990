import assert from 'node:assert/strict';
import { createServer, type IncomingHttpHeaders, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HttpClient } from '../../host/http-client.ts';
import { attemptTask } from '../../host/tasks/attempt.ts';
import type { Task } from '../../host/tasks/task.ts';
import { START_MS } from './fixture-host.ts';

const task: Task = {
  sequence: 1,
  queue: 'projects/p/locations/l/queues/q',
  id: 'id-1',
  createdMs: START_MS,
  scheduleMs: START_MS + 250,
  deadlineMs: 60,
  request: {
    url: '',
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-Extra': '1' },
    bodyBase64: '',
    serviceAccountEmail: undefined,
  },
  dispatchCount: 3,
  responseCount: 1,
  firstAttemptMs: START_MS,
  last: {
    scheduleMs: START_MS,
    dispatchMs: START_MS,
    responseMs: START_MS,
    status: 503,
    reason: 'HTTP status code 503',
  },
};

describe('host: one attempt of a task', () => {
  let server: Server;
  let http: HttpClient;
  let serve: RequestListener;
  before(async () => {
    server = createServer((req, res) => serve(req, res));
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  });
  beforeEach(() => {
    http = new HttpClient();
  });
  afterEach(() => http.close());
  after(async () => {
    const closed = new Promise((done) => server.close(done));
    server.closeAllConnections();
    await closed;
  });

  const attempt = (port = (server.address() as AddressInfo).port) =>
    attemptTask(task, { http, urlOf: () => `http://127.0.0.1:${port}/`, nowMs: START_MS });

  it('says what Cloud Tasks says about the task and what came before', async () => {
    let headers: IncomingHttpHeaders = {};
    serve = (req, res) => {
      headers = req.headers;
      res.writeHead(429).end();
    };
    assert.deepEqual(await attempt(), { status: 429, reason: 'HTTP status code 429' });
    const { authorization, connection, host, ...rest } = headers;
    assert.deepEqual(rest, {
      'content-type': 'application/json',
      'content-length': '0',
      'x-extra': '1',
      'user-agent': 'Google-Cloud-Tasks',
      'x-cloudtasks-queuename': 'q',
      'x-cloudtasks-taskname': 'id-1',
      'x-cloudtasks-taskretrycount': '2',
      'x-cloudtasks-taskexecutioncount': '1',
      'x-cloudtasks-tasketa': '1773144030.250',
      'x-cloudtasks-taskpreviousresponse': '503',
      'x-cloudtasks-taskretryreason': 'HTTP status code 503',
    });
    const claims = JSON.parse(Buffer.from(String(authorization).split('.')[1] ?? '', 'base64url').toString());
    assert.deepEqual([claims.iat, claims.email], [Math.floor(START_MS / 1000), 'tasks@localhost']);
  });

  it('is cut off at the dispatch deadline, and the function sees that', async () => {
    let closed = false;
    const left = new Promise<void>((done) => {
      serve = (_req, res) =>
        res.on('close', () => {
          closed = !res.writableEnded;
          done();
        });
    });
    assert.deepEqual(await attempt(), { status: undefined, reason: 'DEADLINE_EXCEEDED' });
    await left;
    assert.equal(closed, true);
  });

  it('fails without a status when nobody listens', async () => {
    const { status, reason } = await attempt(1);
    assert.equal(status, undefined);
    assert.match(reason, /^UNAVAILABLE: .*ECONNREFUSED/);
  });
});
