import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { clientOf } from '../../../local/bigquery/client.ts';
import { startBigQuery } from '../../../local/bigquery/index.ts';
import { MovableClock } from '../../../local/clock.ts';
import { PROJECT_ID } from '../../../local/stack/project.ts';
import { VIEWS } from '../../src/core/warehouse/tables.ts';

/** Runs a command of `scripts` on the BigQuery of a local system whose site would have the port five below. */
function run(name: string, bigQueryPort: number, ...args: string[]): Promise<{ code: number; out: string }> {
  const path = fileURLToPath(new URL(`../../../scripts/${name}.ts`, import.meta.url));
  const all = [path, '--local', '--port', String(bigQueryPort - 5), ...args];
  return new Promise((resolve) => {
    execFile(process.execPath, all, (error, out, err) => resolve({ code: Number(error?.code ?? 0), out: out + err }));
  });
}

describe('npm run warehouse:migrate and warehouse:check', function () {
  this.timeout(60_000);
  const clock = new MovableClock();
  let server: Awaited<ReturnType<typeof startBigQuery>>;
  before(async () => {
    server = await startBigQuery({ projectId: PROJECT_ID, clock });
  });
  after(async () => {
    clock.stop();
    await server?.stop();
  });

  it('show, do, and have nothing left to do', async () => {
    const { port, url } = server;
    const steps = 2 + VIEWS.length;
    const dry = await run('warehouse-migrate', port, '--dry-run', '--dataset', 'made');
    assert.equal(dry.code, 0, dry.out);
    assert.match(
      dry.out,
      /^demo-dailies\.made\n {2}create the dataset in US\n[\s\S]*a dry run: nothing was changed\n$/,
    );
    assert.equal(dry.out.trim().split('\n').length, 1 + steps + 1);
    assert.deepEqual(await clientOf(url, PROJECT_ID).dataset('made').exists(), [false]);
    const unmade = await run('warehouse-check', port, '--dataset', 'made');
    assert.equal(unmade.code, 1);
    assert.match(unmade.out, /warehouse\/day_counts +REFUSED: Not found: Dataset demo-dailies:made/);
    const real = await run('warehouse-migrate', port, '--dataset', 'made');
    assert.deepEqual([real.code, real.out], [0, dry.out.replace('a dry run: nothing was changed', 'done')]);
    const again = await run('warehouse-migrate', port, '--dataset', 'made');
    assert.deepEqual([again.code, again.out], [0, 'demo-dailies.made\nnothing to change\n']);
    const checked = await run('warehouse-check', port, '--dataset', 'made');
    assert.equal(checked.code, 0, checked.out);
    assert.match(checked.out, /warehouse\/day_counts +0\.0 MB\n[\s\S]*\d+ queries, 0 refused\n$/);
  });

  it('say what is wrong', async () => {
    const { port } = server;
    for (const [args, code, told] of [
      [['--dataset', 'made', '--location', 'EU'], 1, /the dataset is in US, and BigQuery cannot move it to EU/],
      [['--dataset', 'no-name'], 2, /no-name is no name of a dataset/],
      [['--bad'], 2, /--bad/],
      [['--help'], 0, /^npm run warehouse:migrate/],
    ] as const) {
      const { code: found, out } = await run('warehouse-migrate', port, ...args);
      assert.equal(found, code, out);
      assert.match(out, told);
    }
    assert.equal((await run('warehouse-check', 6)).code, 2, 'nobody is there');
  });
});
