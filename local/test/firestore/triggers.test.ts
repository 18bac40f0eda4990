import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { MovableClock } from '../../clock.ts';
import type { DocumentChange } from '../../firestore/change.ts';
import { changedFieldPaths } from '../../firestore/triggers/event.ts';
import { compileDocumentFilter } from '../../firestore/triggers/path-pattern.ts';
import type { TriggerRegistration } from '../../firestore/triggers/registry.ts';
import { backoffMs, Triggers } from '../../firestore/triggers/triggers.ts';
import type { ProtoValue, StoredDocument } from '../../firestore/wire.ts';
import { type RecordingHost, startRecordingHost } from './recording-host.ts';

const START_MS = Date.UTC(2026, 0, 1);
const ROOT = 'projects/demo-p/databases/(default)/documents';

describe('firestore triggers: path patterns', () => {
  const rows: { value: string; matchType?: string; path: string; expected: boolean }[] = [
    { value: 'generations/{id}', path: 'generations/a', expected: true },
    { value: 'generations/{id}', path: 'generations/a/parts/b', expected: false },
    { value: 'generations/{id}', path: 'other/a', expected: false },
    { value: '{a=**}', path: 'generations/a/parts/b', expected: true },
    { value: 'generations/{rest=**}', path: 'generations/a/parts/b', expected: true },
    { value: 'generations/{id}/{sub=**}/b', path: 'generations/a/parts/b', expected: true },
    { value: 'users/{u}/posts/{p}', path: 'users/1/posts/2', expected: true },
    { value: 'users/*/posts/a-*', path: 'users/1/posts/a-7', expected: true },
    { value: 'users/*/posts/a-*', path: 'users/1/posts/b-7', expected: false },
    { value: 'a.b/{id}', path: 'axb/1', expected: false },
    { value: '/generations/{id}/', path: 'generations/a', expected: true },
    { value: 'generations/x', matchType: 'EXACT', path: 'generations/x', expected: true },
    { value: 'generations/{id}', matchType: 'EXACT', path: 'generations/x', expected: false },
  ];
  for (const { value, matchType = 'PATH_PATTERN', path, expected } of rows) {
    it(`${value} ${expected ? 'takes' : 'leaves'} ${path} (${matchType})`, () => {
      assert.equal(compileDocumentFilter({ value, matchType })(path), expected);
    });
  }
});

describe('firestore triggers: changed fields', () => {
  it('lists leaves of maps, quotes odd names, leaves out what is equal', () => {
    const before = { a: int(1), b: map({ c: int(1), d: int(2) }), 'x y': int(1), gone: int(0), same: bytes('s') };
    const after = { a: int(2), b: map({ c: int(1), d: int(3), e: int(4) }), 'x y': int(2), same: bytes('s') };
    assert.deepEqual(changedFieldPaths(before, after), ['`x y`', 'a', 'b.d', 'b.e', 'gone']);
  });
});

describe('firestore triggers: back-off', () => {
  it('is 10 s, doubling, at most 600 s', () => {
    assert.deepEqual([1, 2, 3, 6, 7, 20].map(backoffMs), [10_000, 20_000, 40_000, 320_000, 600_000, 600_000]);
  });
});

describe('firestore triggers: delivery', () => {
  let db: DatabaseSync;
  let clock: MovableClock;
  let triggers: Triggers;
  let host: RecordingHost;
  let version = 0n;

  beforeEach(async () => {
    db = new DatabaseSync(':memory:');
    clock = new MovableClock({ startAtMs: START_MS, running: false });
    host = await startRecordingHost();
    triggers = new Triggers({ db, clock, projectId: 'demo-p', functionsHost: host.hostPort });
  });

  afterEach(async () => {
    triggers.stop();
    clock.stop();
    await host.stop();
    db.close();
  });

  function commit(...changes: DocumentChange[]): void {
    version++;
    const stamped = changes.map((change) => ({ ...change, commitVersion: version }));
    db.exec('BEGIN IMMEDIATE');
    triggers.observer.inTransaction?.(stamped);
    db.exec('COMMIT');
    triggers.observer.committed?.(stamped);
  }

  it('carries both sides of a change and what the change was', async () => {
    for (const kind of ['created', 'updated', 'deleted', 'written']) triggers.register(trigger({ kind, key: kind }));
    const before = document('g/1', { n: int(1), big: { integerValue: '9007199254740993' } });
    const after = document('g/1', { n: int(2), big: { integerValue: '9007199254740993' } });
    commit(change('g/1', undefined, before));
    commit(change('g/1', before, after));
    commit(change('g/1', after, undefined));
    await host.until(6);
    const summary = (key: string) =>
      host.received.filter((e) => e.triggerKey === key).map(({ data }) => Object.keys(data).sort().join());
    assert.deepEqual(summary('created'), ['value']);
    assert.deepEqual(summary('updated'), ['oldValue,updateMask,value']);
    assert.deepEqual(summary('deleted'), ['oldValue']);
    assert.deepEqual(summary('written'), ['value', 'oldValue,updateMask,value', 'oldValue']);
    const [updated] = host.received.filter((e) => e.triggerKey === 'updated');
    assert.deepEqual(updated?.data.updateMask, { fieldPaths: ['n'] });
    const value = updated?.data.value as StoredDocument;
    assert.equal(value.name, `${ROOT}/g/1`);
    assert.deepEqual({ ...value.fields.big }, { integerValue: '9007199254740993' });
  });

  it('names the event in CloudEvent headers', async () => {
    triggers.register(trigger({ key: 'k', value: '{all=**}' }));
    commit(change('g/50% é', undefined, document('g/50% é', {})));
    const [event] = await host.until(1);
    const { 'ce-id': id, ...headers } = Object.fromEntries(
      Object.entries(event?.headers ?? {}).filter(([name]) => /^(ce-|content-type)/.test(name)),
    );
    assert.match(String(id), /^[0-9a-f-]{36}$/);
    assert.deepEqual(headers, {
      'content-type': 'application/protobuf',
      'ce-specversion': '1.0',
      'ce-type': 'google.cloud.firestore.document.v1.written',
      'ce-source': '//firestore.googleapis.com/projects/demo-p/databases/(default)',
      'ce-subject': 'documents/g/50%25%20%C3%A9',
      'ce-time': '2026-01-01T00:00:00.123456Z',
      'ce-document': 'g/50%25%20%C3%A9',
      'ce-project': 'demo-p',
      'ce-database': '(default)',
      'ce-namespace': '(default)',
      'ce-location': 'us-central1',
    });
  });

  it('leaves other databases and other paths alone', async () => {
    triggers.register(trigger({ key: 'k' }));
    commit({ ...change('g/1', undefined, document('g/1', {})), database: 'other' });
    commit(change('h/1', undefined, document('h/1', {})));
    commit(change('g/2', undefined, document('g/2', {})));
    await triggers.idle();
    assert.deepEqual(
      host.received.map((e) => e.path),
      ['g/2'],
    );
  });

  it('keeps commit order per document, side by side between documents, at most 80 at once', async () => {
    await host.stop();
    host = await startRecordingHost({ answer: () => new Promise((resolve) => setImmediate(resolve, 200)) });
    triggers.setFunctionsHost(host.hostPort);
    triggers.register(trigger({ key: 'k' }));
    for (let n = 0; n < 5; n++) {
      for (let doc = 0; doc < 100; doc++) {
        commit(change(`g/${doc}`, document(`g/${doc}`, { n: int(n - 1) }), document(`g/${doc}`, { n: int(n) })));
      }
    }
    assert.equal(await triggers.idle(), true);
    assert.equal(host.received.length, 500);
    assert.ok(host.mostOpen() > 1 && host.mostOpen() <= 80, `${host.mostOpen()} at once`);
    for (let doc = 0; doc < 100; doc++) {
      const order = host.received.filter((e) => e.path === `g/${doc}`).map(valueOfN);
      assert.deepEqual(order, ['0', '1', '2', '3', '4']);
    }
    assert.deepEqual(triggers.state(), { pending: 0, inFlight: 0, nextDueMs: null });
  });

  it('drops an event when the function failed and retry is off', async () => {
    await host.stop();
    host = await startRecordingHost({ answer: () => 500 });
    triggers.setFunctionsHost(host.hostPort);
    triggers.register(trigger({ key: 'k' }));
    commit(change('g/1', undefined, document('g/1', {})));
    await triggers.idle();
    assert.equal(host.received.length, 1);
    assert.deepEqual(triggers.state(), { pending: 0, inFlight: 0, nextDueMs: null });
    assert.deepEqual(undelivered(db), 0);
  });

  it('retries with back-off on the clock, under the same id, without holding up what comes after', async () => {
    let failures = 3;
    await host.stop();
    host = await startRecordingHost({ answer: (event) => (valueOfN(event) === '1' && failures-- > 0 ? 503 : 200) });
    triggers.setFunctionsHost(host.hostPort);
    triggers.register(trigger({ key: 'k', retry: true }));
    commit(change('g/1', undefined, document('g/1', { n: int(1) })));
    commit(change('g/1', undefined, document('g/1', { n: int(2) })));
    await triggers.idle();
    assert.deepEqual(host.received.map(valueOfN), ['1', '2']);
    for (const waitMs of [10_000, 20_000, 40_000]) {
      assert.deepEqual(triggers.state(), { pending: 1, inFlight: 0, nextDueMs: clock.now() + waitMs });
      clock.moveTo(clock.now() + waitMs - 1);
      assert.equal(triggers.state().inFlight, 0);
      clock.moveTo(clock.now() + 1);
      await triggers.idle();
    }
    assert.deepEqual(host.received.map(valueOfN), ['1', '2', '1', '1', '1']);
    assert.equal(new Set(host.received.filter((e) => valueOfN(e) === '1').map((e) => e.id)).size, 1);
    assert.equal(triggers.state().pending, 0);
  });

  it('gives up retrying after 24 h', async () => {
    await host.stop();
    host = await startRecordingHost({ answer: () => 500 });
    triggers.setFunctionsHost(host.hostPort);
    triggers.register(trigger({ key: 'k', retry: true }));
    commit(change('g/1', undefined, document('g/1', {})));
    await triggers.idle();
    for (let due = triggers.state().nextDueMs; due !== null; due = triggers.state().nextDueMs) {
      clock.moveTo(due);
      await triggers.idle();
    }
    assert.equal(host.received.length, 1 + 6 + Math.ceil((24 * 3600 - 630) / 600));
    assert.equal(undelivered(db), 0);
  });

  it('drops nothing while the host is away, and delivers as soon as it registers again', async () => {
    triggers.register(trigger({ key: 'k' }));
    const { port } = host;
    await host.stop();
    for (let n = 0; n < 100; n++) commit(change('g/1', undefined, document('g/1', { n: int(n) })));
    assert.equal(await triggers.idle(50), false);
    assert.equal(triggers.state().pending, 100);
    host = await startRecordingHost({ port });
    triggers.register(trigger({ key: 'k' }));
    assert.equal(await triggers.idle(), true);
    assert.deepEqual(
      host.received.map(valueOfN),
      Array.from({ length: 100 }, (_, n) => String(n)),
    );
  });

  it('finds a host that is back without being told', async () => {
    triggers.register(trigger({ key: 'k' }));
    const { port } = host;
    await host.stop();
    commit(change('g/1', undefined, document('g/1', { n: int(1) })));
    assert.equal(await triggers.idle(50), false);
    host = await startRecordingHost({ port });
    await host.until(1);
  });

  it('delivers again when the host died while the function ran', async () => {
    const { port } = host;
    await host.stop();
    host = await startRecordingHost({ port, answer: () => new Promise<number>(() => undefined) });
    triggers.register(trigger({ key: 'k' }));
    commit(change('g/1', undefined, document('g/1', {})));
    const [first] = await host.until(1);
    await host.stop();
    host = await startRecordingHost({ port });
    triggers.register(trigger({ key: 'k' }));
    const [second] = await host.until(1);
    assert.equal(second?.id, first?.id);
  });

  it('forgets the events of a transaction that was rolled back', async () => {
    triggers.register(trigger({ key: 'k' }));
    const rolledBack = [{ ...change('g/1', undefined, document('g/1', {})), commitVersion: 1n }];
    db.exec('BEGIN');
    triggers.observer.inTransaction?.(rolledBack);
    db.exec('ROLLBACK');
    version = 1n;
    commit(change('g/2', undefined, document('g/2', {})));
    await triggers.idle();
    assert.deepEqual(
      host.received.map((e) => e.path),
      ['g/2'],
    );
  });

  it('delivers what an earlier process left, with its registrations', async () => {
    triggers.register(trigger({ key: 'k' }));
    await host.stop();
    commit(change('g/1', undefined, document('g/1', { n: int(1) })));
    commit(change('g/1', undefined, document('g/1', { n: int(2) })));
    triggers.stop();
    host = await startRecordingHost();
    triggers = new Triggers({ db, clock, projectId: 'demo-p', functionsHost: host.hostPort });
    commit(change('g/1', undefined, document('g/1', { n: int(3) })));
    await triggers.idle();
    assert.deepEqual(host.received.map(valueOfN), ['1', '2', '3']);
  });

  it('delivers to a host of the registration rather than to the common one', async () => {
    const own = await startRecordingHost();
    triggers.register({ ...trigger({ key: 'k' }), functionsHost: own.hostPort });
    commit(change('g/1', undefined, document('g/1', {})));
    await triggers.idle();
    assert.deepEqual([own.received.length, host.received.length], [1, 0]);
    await own.stop();
  });

  it('removes a trigger with its undelivered events', async () => {
    await host.stop();
    triggers.register(trigger({ key: 'k' }));
    triggers.register(trigger({ key: 'other' }));
    commit(change('g/1', undefined, document('g/1', {})));
    assert.equal(await triggers.idle(20), false);
    assert.equal(triggers.unregister('k'), true);
    assert.equal(triggers.unregister('k'), false);
    assert.deepEqual(triggers.registered(), ['other']);
    assert.equal(triggers.state().pending, 1);
    assert.equal(undelivered(db), 1);
  });

  it('forgets everything undelivered when the database is wiped', async () => {
    await host.stop();
    triggers.register(trigger({ key: 'k' }));
    commit(change('g/1', undefined, document('g/1', {})));
    assert.equal(await triggers.idle(20), false);
    triggers.observer.wiped?.();
    assert.equal(await triggers.idle(), true);
    assert.deepEqual(triggers.state(), { pending: 0, inFlight: 0, nextDueMs: null });
  });

  it('in chaos delivers everything twice and in another order, and keeps nothing', async () => {
    triggers.register(trigger({ key: 'k' }));
    triggers.setChaos({ duplicate: true, shuffle: true, seed: 7 });
    for (let n = 0; n < 30; n++) commit(change('g/1', undefined, document('g/1', { n: int(n) })));
    await triggers.idle();
    const seen = host.received.map((event) => Number(valueOfN(event)));
    const inOrder = Array.from({ length: 30 }, (_, n) => [n, n]).flat();
    assert.deepEqual(
      seen.toSorted((a, b) => a - b),
      inOrder,
    );
    assert.notDeepEqual(seen, inOrder);
    assert.equal(new Set(host.received.map((event) => event.id)).size, 30);
    assert.equal(undelivered(db), 0);
  });
});

function trigger({
  key,
  kind = 'written',
  value = 'g/{id}',
  retry = false,
}: {
  key: string;
  kind?: string;
  value?: string;
  retry?: boolean;
}): TriggerRegistration {
  const eventType = `google.cloud.firestore.document.v1.${kind}`;
  const document = { value, matchType: 'PATH_PATTERN' };
  return { key, eventType, database: '(default)', namespace: '(default)', document, retry };
}

function change(path: string, before: StoredDocument | undefined, after: StoredDocument | undefined): DocumentChange {
  return { database: '(default)', path, before, after, commitVersion: 0n };
}

function document(path: string, fields: Record<string, ProtoValue>): StoredDocument {
  const time = { seconds: String(START_MS / 1000), nanos: 123_456_000 };
  return { name: `${ROOT}/${path}`, fields, createTime: time, updateTime: time };
}

function valueOfN({ data }: { data: Record<string, unknown> }): string | undefined {
  return (data.value as StoredDocument).fields.n?.integerValue;
}

function undelivered(db: DatabaseSync): unknown {
  return db.prepare('SELECT count(*) AS n FROM trigger_event').get()?.n;
}

const int = (n: number): ProtoValue => ({ integerValue: String(n) });
const bytes = (text: string): ProtoValue => ({ bytesValue: Buffer.from(text) });
const map = (fields: Record<string, ProtoValue>): ProtoValue => ({ mapValue: { fields } });
