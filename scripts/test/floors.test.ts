import assert from 'node:assert/strict';
import { sources, violations } from '../floors.ts';

describe('the floors of the house', () => {
  it('hold in functions/src', async () => {
    const files = await sources();
    assert.ok(files.size > 50, `only ${files.size} files found`);
    assert.deepEqual(violations(files), []);
  });

  const broken = [
    { path: 'core/a.ts', source: "import { x } from '../platform/b.ts';", says: /imports upwards/ },
    { path: 'core/a.ts', source: "import { x } from 'node:fs';", says: /core\/ imports node:fs/ },
    { path: 'core/a.ts', source: "import { getAuth } from 'firebase-admin/auth';", says: /only platform/ },
    { path: 'core/a.ts', source: 'export const t = Date.now();', says: /reads the clock/ },
    { path: 'core/a.ts', source: 'export const t = new Date();', says: /reads the clock/ },
    { path: 'core/a.ts', source: 'export const r = Math.random();', says: /uses randomness/ },
    { path: 'core/a.ts', source: "export const r = () => fetch('x');", says: /does I\/O/ },
    {
      path: 'platform/a.ts',
      source: "const x = await import('../features/generation/index.ts');",
      says: /imports upwards/,
    },
    { path: 'core/a.ts', source: 'export const t = new Date;', says: /reads the clock/ },
    { path: 'core/a.ts', source: 'export const t = Date();', says: /reads the clock/ },
    { path: 'core/a.ts', source: "import { randomInt } from 'node:crypto';", says: /uses randomness/ },
    { path: 'core/a.ts', source: "export const r = () => globalThis.alert('x');", says: /does I\/O/ },
    { path: 'features/a/x.ts', source: "import { get } from 'node:http';", says: /past platform/ },
    { path: 'platform/a.ts', source: 'export const t = Date.now();', says: /reads the clock/ },
    { path: 'features/a/x.ts', source: "import { y } from '../b/y.ts';", says: /enters another feature/ },
    { path: 'features/a/x.ts', source: "import { z } from '@google/genai';", says: /only platform/ },
    { path: 'http/x.ts', source: "import { y } from '../features/b/y.ts';", says: /enters another feature/ },
    { path: 'http/x.ts', source: "export { y } from '../index.ts';", says: /imports upwards/ },
    { path: 'providers/x.ts', source: "import { y } from '../channels/y.ts';", says: /the room next door/ },
    { path: 'core/a.ts', source: "import { y } from '../../../local/clock.ts';", says: /outside the house/ },
    { path: 'cellar/a.ts', source: '', says: /in no room/ },
  ];
  for (const { path, source, says } of broken) {
    it(`break with ${source || 'a new room'} in ${path}`, () => {
      const found = violations(new Map([[path, source]]));
      assert.equal(found.length, 1, found.join('\n'));
      assert.match(found[0] ?? '', says);
    });
  }
});
