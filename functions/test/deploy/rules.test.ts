import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';

/** Every `allow` of a rules file, in order, white space folded. */
async function allowed(file: string): Promise<string[]> {
  const text = await readFile(new URL(`../../../${file}`, import.meta.url), 'utf8');
  return [...text.matchAll(/allow[^;]+;/g)].map(([statement]) => statement.replace(/\s+/g, ' '));
}

// Nothing here evaluates rules; this holds their words, so that a change of what clients may do is a change of this test.
describe('what clients may do', () => {
  it('in Firestore: read their own generations, write nothing', async () => {
    assert.deepEqual(await allowed('firestore.rules'), [
      'allow get: if request.auth != null && request.auth.uid == resource.data.uid;',
      'allow list: if request.auth != null && request.auth.uid == resource.data.uid && request.query.limit <= 100;',
      'allow write: if false;',
      'allow read, write: if false;',
    ]);
  });

  it('in Cloud Storage: read their own videos, write nothing', async () => {
    assert.deepEqual(await allowed('storage.rules'), [
      'allow get: if request.auth != null && request.auth.uid == uid;',
      'allow list, write: if false;',
      'allow read, write: if false;',
    ]);
  });
});
