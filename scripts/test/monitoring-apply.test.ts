import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { MonitoringPlace } from '../../functions/test/features/monitoring/place.ts';
import { PROJECT_ID } from '../../local/stack/project.ts';
import type { MonitoringFile } from '../monitoring/files.ts';
import { type Monitored, startMonitored } from './monitored.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

describe('npm run monitoring:apply', function () {
  this.timeout(60_000);
  let files: MonitoringFile[];
  let place: MonitoringPlace;
  let monitored: Monitored;

  before(async () => {
    monitored = await startMonitored();
    ({ files, place } = monitored);
  });
  after(() => monitored?.stop());
  beforeEach(() => monitored.reset());

  async function run(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    return new Promise((resolve) => {
      const child = execFile(
        process.execPath,
        ['scripts/monitoring-apply.ts', ...args],
        { cwd: root },
        (_, stdout, stderr) => resolve({ code: child.exitCode ?? -1, stdout, stderr }),
      );
    });
  }
  async function present() {
    const { policies, dashboards } = (await (await fetch(`${place.url}/__vendors/monitoring`)).json()) as Record<
      'policies' | 'dashboards',
      Record<string, unknown>[]
    >;
    return { policies, dashboards };
  }

  it('creates, and brings up to date when it comes again; whom a policy tells stays', async () => {
    const first = await run('--notify', `projects/${PROJECT_ID}/notificationChannels/7`);
    assert.equal(first.code, 0, first.stderr);
    assert.deepEqual([...first.stdout.matchAll(/^created {2}/gm)].length, files.length, first.stdout);
    const before = await present();
    assert.equal(before.dashboards.length, 1);
    assert.equal(before.policies.length, files.length - 1);
    const second = await run();
    assert.equal(second.code, 0, second.stderr);
    assert.deepEqual([...second.stdout.matchAll(/^updated {2}/gm)].length, files.length, second.stdout);
    const after = await present();
    assert.deepEqual(after.policies, before.policies);
    assert.deepEqual(after.policies[0]?.notificationChannels, [`projects/${PROJECT_ID}/notificationChannels/7`]);
    const [{ etag: _before, ...was } = {}] = before.dashboards;
    const [{ etag: _after, ...is } = {}] = after.dashboards;
    assert.deepEqual(is, was);
  });

  it('changes nothing in a dry run', async () => {
    const { code, stdout, stderr } = await run('--dry-run');
    assert.equal(code, 0, stderr);
    assert.equal([...stdout.matchAll(/^would be created {2}/gm)].length, files.length);
    assert.deepEqual(await present(), { policies: [], dashboards: [] });
  });

  it('says what was refused, and what was not understood', async () => {
    await place.script({ status: 403, message: 'no rights' });
    const refused = await run('--dry-run');
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /no rights/);
    assert.equal((await run('--notify', 'me')).code, 2);
    assert.equal((await run('--prune')).code, 2);
  });
});
