import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const functionsDir = fileURLToPath(new URL('../..', import.meta.url));
const rootDir = fileURLToPath(new URL('../../..', import.meta.url));

const loadEverything = `
  import { readdirSync } from 'node:fs';
  const index = await import('./lib/index.js');
  for (const file of readdirSync('lib/chunks')) if (file.endsWith('.js')) await import('./lib/chunks/' + file);
  await import('@google/genai');
  await import('@google-cloud/tasks');
  await import('@google-cloud/bigquery');
  await import('@google-cloud/monitoring');
  await import('firebase-admin/storage');
  for (const name of ['@sendgrid/client', '@sendgrid/mail', '@slack/webhook', 'twilio']) await import(name);
  console.log(JSON.stringify(Object.keys(index).filter((name) => index[name].__endpoint).sort()));
`;

describe('the folder that is deployed', () => {
  let dir: string;

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'dailies-deploy-'));
  });
  after(() => rm(dir, { recursive: true, force: true }));

  it('installs from its own lock file and loads every function', async function () {
    this.timeout(240_000);
    for (const part of ['lib', 'package.json', 'package-lock.json']) {
      await cp(join(functionsDir, part), join(dir, part), { recursive: true });
    }
    await run('npm', ['ci', '--omit=dev', '--no-audit', '--no-fund'], { cwd: dir, maxBuffer: 16 * 2 ** 20 });
    assert.ok((await readdir(join(dir, 'node_modules', '@google-cloud'))).includes('firestore'));
    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', loadEverything], {
      cwd: dir,
      env: { ...process.env, GCLOUD_PROJECT: 'demo-dailies' },
    });
    assert.deepEqual(JSON.parse(stdout), [
      'aggregateEvents',
      'api',
      'cleanUpGenerations',
      'compareWarehouse',
      'computeInsights',
      'deliverNotification',
      'dispatchGeneration',
      'escalateAlert',
      'evaluateAlerts',
      'exportMonitoring',
      'live',
      'pollGeneration',
      'projectGenerationMetrics',
      'projectWarehouse',
      'settleGeneration',
      'sweepGenerations',
      'writeExport',
    ]);
  });

  it('gets the same versions of its own dependencies as the tests ran with', async () => {
    const json = async (path: string) => JSON.parse(await readFile(path, 'utf8'));
    const { dependencies, optionalDependencies } = await json(join(functionsDir, 'package.json'));
    const wanted: Record<string, string> = { ...dependencies, ...optionalDependencies };
    const deployed = (await json(join(functionsDir, 'package-lock.json'))).packages;
    const tested = (await json(join(rootDir, 'package-lock.json'))).packages;
    for (const [name, version] of Object.entries(wanted)) {
      assert.equal(deployed[`node_modules/${name}`].version, version, name);
      const nested = tested[`functions/node_modules/${name}`] ?? tested[`node_modules/${name}`];
      assert.equal(nested.version, version, name);
    }
  });
});
