import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const index = new URL('../../lib/index.js', import.meta.url).href;

/** Every module that loading `url` pulls in, ES and CommonJS. */
const script = `
  import { registerHooks } from 'node:module';
  const loaded = [];
  registerHooks({ load(url, context, next) { loaded.push(url); return next(url, context); } });
  await import(${JSON.stringify(index)});
  console.log(JSON.stringify(loaded));
`;

describe('loading the functions', () => {
  let loaded: string[];

  before(async () => {
    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script], {
      cwd: fileURLToPath(new URL('../..', import.meta.url)),
      env: { ...process.env, GCLOUD_PROJECT: 'demo-dailies' },
      maxBuffer: 16 * 2 ** 20,
    });
    loaded = JSON.parse(stdout);
  });

  it('is seen by this test', () => {
    assert.ok(loaded.includes(index));
    assert.ok(loaded.some((url) => url.includes('/firebase-functions/')));
  });

  const heavy = [
    '/@google-cloud/bigquery/',
    '/@google-cloud/tasks/',
    '/@google-cloud/monitoring',
    '/@google-cloud/storage/',
    '/@google/genai/',
    '/googleapis/',
    '/twilio/',
    '/@sendgrid/',
    '/@slack/',
    '/@node-webcodecs/',
    '/lib/chunks/jpeg-js-',
    '/zod/',
    '/hono/',
    '/lib/chunks/serve-',
    '/lib/chunks/generation-',
  ];
  for (const name of heavy) {
    it(`does not load ${name}`, () =>
      assert.deepEqual(
        loaded.filter((url) => url.includes(name)),
        [],
      ));
  }
});
