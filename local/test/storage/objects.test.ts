import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Started, startWithClient } from './started.ts';

const SIZE_BYTES = 700_000;
const bytes = Buffer.from(Array.from({ length: SIZE_BYTES }, (_, index) => (index * 31 + (index >> 8)) % 251));
const NAMES = ['plain.txt', 'a folder/with ü & ?#+%.mp4', "quotes'(1)*!.mp4"];

describe('storage: objects through firebase-admin', () => {
  let started: Started;
  before(async () => {
    started = await startWithClient();
  });
  after(() => started.stop());

  const uploads = [
    { name: 'resumable, the default', options: {} },
    { name: 'in one multipart request', options: { resumable: false } },
    { name: 'resumable in chunks', options: { resumable: true, chunkSize: 256 * 1024 } },
  ];
  for (const { name, options } of uploads) {
    it(`uploads ${name}, and downloads with both checksums validated`, async () => {
      for (const objectName of NAMES) {
        const file = started.bucket.file(objectName);
        await file.save(bytes, { ...options, contentType: 'video/mp4', validation: 'md5' });
        const [downloaded] = await file.download({ validation: 'crc32c' });
        assert.ok(downloaded.equals(bytes), objectName);
        const [metadata] = await file.getMetadata();
        assert.equal(metadata.name, objectName);
        assert.equal(metadata.contentType, 'video/mp4');
        assert.equal(metadata.size, String(SIZE_BYTES));
        assert.equal(metadata.md5Hash, createHash('md5').update(bytes).digest('base64'));
      }
    });
  }

  it('stores an empty object', async () => {
    const file = started.bucket.file('empty');
    await file.save('', { resumable: false });
    assert.equal((await file.download())[0].length, 0);
    assert.equal((await file.getMetadata())[0].size, '0');
  });

  it('dates objects by the movable clock and numbers their generations', async () => {
    const file = started.bucket.file('dated');
    await file.save('one', { resumable: false });
    const [first] = await file.getMetadata();
    started.clock.moveTo(started.clock.now() + 3_600_000);
    await started.bucket.file('dated').save('two', { resumable: false });
    const [second] = await started.bucket.file('dated').getMetadata();
    assert.equal(second.timeCreated, new Date(started.clock.now()).toISOString());
    assert.equal(Date.parse(String(second.timeCreated)) - Date.parse(String(first.timeCreated)), 3_600_000);
    assert.ok(Number(second.generation) > Number(first.generation));
    assert.equal(String(second.metageneration), '1');
  });

  it('reads a range, and refuses one outside', async () => {
    const file = started.bucket.file(NAMES[0] ?? '');
    const [middle] = await file.download({ start: 1000, end: 1999 });
    assert.ok(middle.equals(bytes.subarray(1000, 2000)));
    await assert.rejects(file.download({ start: SIZE_BYTES, end: SIZE_BYTES + 10 }), { code: 416 });
  });

  it('says whether an object exists, deletes it once, answers 404 afterwards', async () => {
    const file = started.bucket.file('short-lived');
    assert.deepEqual(await file.exists(), [false]);
    await file.save('x', { resumable: false });
    assert.deepEqual(await file.exists(), [true]);
    const [answer] = await file.delete();
    assert.equal(answer.statusCode, 204);
    await assert.rejects(file.delete(), { code: 404, message: /No such object/ });
    await assert.rejects(file.download(), { code: 404 });
    await assert.rejects(file.getMetadata(), { code: 404 });
  });

  it('knows its buckets and no others', async () => {
    assert.deepEqual(await started.bucket.exists(), [true]);
    const unknown = started.bucket.storage.bucket('nowhere');
    assert.deepEqual(await unknown.exists(), [false]);
    await assert.rejects(unknown.file('x').save('x', { resumable: false }), { code: 404 });
  });

  it('merges metadata, removes what is null and counts the metageneration', async () => {
    const file = started.bucket.file('described');
    await file.save('x', { resumable: false, metadata: { cacheControl: 'no-store', metadata: { a: '1', b: '2' } } });
    const changes = {
      contentType: 'text/plain',
      cacheControl: null as unknown as string,
      metadata: { b: null, c: '3' },
    };
    const [metadata] = await file.setMetadata(changes);
    assert.deepEqual(metadata.metadata, { a: '1', c: '3' });
    assert.deepEqual([metadata.contentType, metadata.cacheControl], ['text/plain', undefined]);
    assert.equal(String(metadata.metageneration), '2');
  });

  it('holds preconditions', async () => {
    const file = started.bucket.file('guarded');
    const onlyNew = { resumable: false, preconditionOpts: { ifGenerationMatch: 0 } };
    await file.save('first', onlyNew);
    await assert.rejects(file.save('second', onlyNew), { code: 412 });
    const resumableOnlyNew = { resumable: true, preconditionOpts: { ifGenerationMatch: 0 } };
    await assert.rejects(started.bucket.file('guarded').save('second', resumableOnlyNew), { status: 412 });
    const generation = Number((await file.getMetadata())[0].generation);
    await assert.rejects(file.delete({ ifGenerationMatch: generation + 1 }), { code: 412 });
    await file.save('second', { resumable: false, preconditionOpts: { ifGenerationMatch: generation } });
    assert.equal(String((await started.bucket.file('guarded').download())[0]), 'second');
  });

  it('refuses bytes that do not match the hash they came with', async () => {
    const answer = await fetch(
      `${started.server.url}/upload/storage/v1/b/${started.bucket.name}/o?uploadType=media&name=bad`,
      {
        method: 'POST',
        headers: { 'X-Goog-Hash': 'crc32c=AAAAAA==' },
        body: 'not that',
      },
    );
    assert.equal(answer.status, 400);
    assert.deepEqual(await started.bucket.file('bad').exists(), [false]);
  });

  it('copies and moves, also to another bucket, keeping the metadata', async () => {
    const source = started.bucket.file('folder/source.mp4');
    await source.save(bytes, { resumable: false, contentType: 'video/mp4', metadata: { metadata: { k: 'v' } } });
    await source.copy(started.otherBucket.file('copy of ü.mp4'));
    const copied = started.otherBucket.file('copy of ü.mp4');
    assert.ok((await copied.download())[0].equals(bytes));
    const [metadata] = await copied.getMetadata();
    assert.deepEqual([metadata.contentType, metadata.metadata], ['video/mp4', { k: 'v' }]);
    await source.move('folder/moved.mp4');
    assert.deepEqual(await source.exists(), [false]);
    assert.ok((await started.bucket.file('folder/moved.mp4').download())[0].equals(bytes));
  });

  it('lists by prefix and page in order of bytes, and folds at a delimiter', async () => {
    const names = ['list/a', 'list/b/1', 'list/b/2', 'list/c', 'list/é', 'listing'];
    await Promise.all(names.map((name) => started.otherBucket.file(name).save('x', { resumable: false })));
    const listed = async (query: object) => {
      const [files, next, answer] = await started.otherBucket.getFiles({ autoPaginate: false, ...query });
      const { prefixes } = answer as { prefixes?: string[] };
      return { names: files.map((file) => file.name), next, prefixes };
    };
    const all = await listed({ prefix: 'list/' });
    assert.deepEqual(all.names, ['list/a', 'list/b/1', 'list/b/2', 'list/c', 'list/é']);
    const folded = await listed({ prefix: 'list/', delimiter: '/' });
    assert.deepEqual([folded.names, folded.prefixes], [['list/a', 'list/c', 'list/é'], ['list/b/']]);
    const firstTwo = await listed({ prefix: 'list/', maxResults: 2 });
    const rest = await listed(firstTwo.next as object);
    assert.deepEqual([...firstTwo.names, ...rest.names], all.names.slice(0, 4));
    const page = await listed({ prefix: 'list/', delimiter: '/', maxResults: 2 });
    assert.deepEqual([page.names, page.prefixes], [['list/a'], ['list/b/']]);
    const next = await listed(page.next as object);
    assert.deepEqual([next.names, next.prefixes, next.next], [['list/c', 'list/é'], undefined, null]);
  });
});

describe('storage: what lasts', () => {
  it('keeps objects, open uploads and the signing key over a restart, and leaves no bytes behind', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'dailies-storage-test-'));
    try {
      const first = await startWithClient({ dataDir });
      const file = first.bucket.file('kept');
      await file.save('old', { resumable: false });
      await file.save('kept bytes', { resumable: false });
      const [uri] = await first.bucket.file('resumed').createResumableUpload();
      await fetch(uri, { method: 'PUT', headers: { 'Content-Range': 'bytes 0-4/10' }, body: 'first' });
      const port = first.server.port;
      const inOneMinute = { version: 'v4', action: 'read', expires: Date.now() + 60_000 } as const;
      const [signedUrl] = await file.getSignedUrl(inOneMinute);
      await first.stop();

      const second = await startWithClient({ dataDir });
      assert.equal(String((await second.bucket.file('kept').download())[0]), 'kept bytes');
      const moved = uri.replace(`:${port}/`, `:${second.server.port}/`);
      const state = await fetch(moved, { method: 'PUT', headers: { 'Content-Range': 'bytes */10' } });
      assert.deepEqual([state.status, state.headers.get('range')], [308, 'bytes=0-4']);
      const end = await fetch(moved, { method: 'PUT', headers: { 'Content-Range': 'bytes 5-9/10' }, body: 'other' });
      assert.equal(end.status, 200);
      assert.equal(String((await second.bucket.file('resumed').download())[0]), 'firstother');
      const signed = await fetch(signedUrl.replace(`:${port}/`, `:${second.server.port}/`));
      assert.equal(await signed.text(), 'kept bytes');
      assert.equal(readdirSync(join(dataDir, 'content')).length, 2);
      await second.stop();
    } finally {
      rmSync(dataDir, { recursive: true, force: true });
    }
  });
});
