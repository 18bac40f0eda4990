import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MovableClock } from '../../clock.ts';
import { startCloud } from '../../stack/cloud.ts';
import { startStack } from '../../stack/in-process.ts';
import { startProcesses } from '../../stack/processes.ts';
import { processesOf, until } from './processes-of.ts';

describe('a stack of which a part fails', function () {
  this.timeout(40_000);
  let tmp: string;
  let usual: string | undefined;
  let occupant: Server;
  let taken: number;

  before(async () => {
    tmp = await mkdtemp(join(tmpdir(), 'dailies-fails-'));
    usual = process.env.TMPDIR;
    process.env.TMPDIR = tmp;
    occupant = createServer().listen(0, '127.0.0.1');
    await once(occupant, 'listening');
    taken = (occupant.address() as AddressInfo).port;
  });
  after(async () => {
    if (usual === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = usual;
    occupant.close();
    await rm(tmp, { recursive: true });
  });
  afterEach(async () => assert.deepEqual(await readdir(tmp), []));

  const listening = () => process.getActiveResourcesInfo().filter((kind) => kind === 'TCPServerWrap').length;

  it('leaves no server of the cloud when one of them finds its port taken', async () => {
    const clock = new MovableClock();
    const before = listening();
    await assert.rejects(startCloud({ clock, ports: { storage: taken } }), { code: 'EADDRINUSE', port: taken });
    await until('all servers have closed', () => listening() === before);
    clock.stop();
  });

  it('leaves nothing of the stack in this process when the host cannot open its tasks', async () => {
    const before = listening();
    const dataDir = join(tmp, 'data');
    await mkdir(join(dataDir, 'host', 'tasks.sqlite'), { recursive: true });
    await assert.rejects(startStack({ dataDir }), /unable to open database file/);
    await until('all servers have closed', () => listening() === before);
    await rm(dataDir, { recursive: true });
  });

  it('leaves no process when the host finds its port taken', async () => {
    await assert.rejects(startProcesses({ ports: { host: taken } }), /host\/main\.ts ended with 1 before it was ready/);
    assert.deepEqual(processesOf(tmp), []);
  });

  it('is not told of a host that is killed or restarted on purpose', async () => {
    const ended: string[] = [];
    const stack = await startProcesses({ onPartEnded: (name, code) => ended.push(`${name} ${code}`) });
    await stack.killHost();
    await stack.restartHost();
    await stack.restartHost();
    assert.equal((await fetch(`${stack.url}/__local/clock`)).status, 200);
    await stack.stop();
    assert.deepEqual(ended, []);
    assert.deepEqual(processesOf(tmp), []);
  });
});
