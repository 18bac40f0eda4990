import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { type FixtureHost, PROJECT, startFixture } from './fixture-host.ts';
import { type StubFirestore, startStubFirestore } from './stub-firestore.ts';

const require = createRequire(import.meta.url);
const protos = require(
  `${require.resolve('firebase-functions').replace(/lib[\\/].*$/, '')}protos/compiledFirestore.js`,
);
const { DocumentEventData } = protos.google.events.cloud.firestore.v1;

const KEY = 'us-central1-noted-0';
const TIME = { seconds: 1_770_000_000, nanos: 5_000_000 };

function documentAt(path: string, fields: object): object {
  return {
    name: `projects/${PROJECT}/databases/(default)/documents/${path}`,
    fields,
    createTime: TIME,
    updateTime: TIME,
  };
}

describe('host: Firestore triggers', () => {
  let fixture: FixtureHost;
  let firestore: StubFirestore;
  before(async () => {
    firestore = await startStubFirestore();
    fixture = await startFixture({ firestoreHost: firestore.hostPort });
  });
  after(async () => {
    await fixture.stop();
    await firestore.stop();
  });

  const deliver = (path: string, data: object, key = KEY) =>
    fetch(`${fixture.host.url}/functions/projects/${PROJECT}/triggers/${key}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/protobuf',
        'ce-specversion': '1.0',
        'ce-id': 'event-1',
        'ce-type': 'google.cloud.firestore.document.v1.written',
        'ce-source': `//firestore.googleapis.com/projects/${PROJECT}/databases/(default)`,
        'ce-time': '2026-03-10T12:00:00Z',
        'ce-document': encodeURI(path),
        'ce-project': PROJECT,
        'ce-database': '(default)',
        'ce-namespace': '(default)',
      },
      body: Buffer.from(DocumentEventData.encode(DocumentEventData.fromObject(data)).finish()).toString('base64'),
    });

  it('registers each trigger with Firestore, and says where it listens and whether to retry', () => {
    const registration = {
      eventType: 'google.cloud.firestore.document.v1.written',
      database: '(default)',
      namespace: '(default)',
      document: { value: 'notes/{noteId}', matchType: 'PATH_PATTERN' },
      functionsHost: `127.0.0.1:${fixture.host.port}`,
      retry: true,
    };
    const asked = firestore.asked.filter((line) => line.includes('eventarcTrigger'));
    const path = `/emulator/v1/projects/${PROJECT}/eventarcTrigger?eventarcTriggerId=${KEY}`;
    assert.deepEqual(asked, [`POST ${path} ${JSON.stringify(registration)}`]);
  });

  it('hands both sides of a change to the function', async () => {
    const path = 'notes/é%1';
    const data = {
      oldValue: documentAt(path, { n: { integerValue: 1 } }),
      value: documentAt(path, { n: { integerValue: 2 }, at: { nullValue: 0 } }),
    };
    const answer = await deliver(path, data);
    assert.equal(answer.status, 200, await answer.text());
    const [entry] = fixture.ran('noted');
    const { noted, id, before: old, after: now, ref } = entry ?? {};
    assert.deepEqual([noted, id, old, now, ref], ['é%1', 'event-1', { n: 1 }, { n: 2, at: null }, path]);
  });

  it('answers 500 when the function throws, so that it is delivered again', async () => {
    const answer = await deliver('notes/b', { value: documentAt('notes/b', { fail: { booleanValue: true } }) });
    assert.equal(answer.status, 500);
    assert.deepEqual(fixture.ran('noted'), []);
  });

  it('answers 404 for a trigger it does not have, and 400 for what is no event', async () => {
    assert.equal((await deliver('notes/b', {}, 'us-central1-none-0')).status, 404);
    const url = `${fixture.host.url}/functions/projects/${PROJECT}/triggers/${KEY}`;
    assert.equal((await fetch(url, { method: 'POST', body: 'nonsense' })).status, 400);
  });
});
