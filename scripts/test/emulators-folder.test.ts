import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeProjectFolder } from '../../local/emulators/folder.ts';
import { emulatorsSection, freePorts, portsIn, type SuitePorts } from '../../local/emulators/ports.ts';
import { parseDotenv } from '../../local/host/functions/dotenv.ts';
import { loadFunctions } from '../../local/host/functions/load.ts';
import { FIREBASE_JSON, FUNCTIONS_DIR } from '../../local/stack/project.ts';

describe('the project folder for the official suite', function () {
  this.timeout(30_000);
  let dir: string;
  let ports: SuitePorts;

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'dailies-folder-'));
    ports = await freePorts();
    const env = { VERTEX_BASE_URL: 'http://127.0.0.1:1', ALLOWED_ORIGINS: 'a "quoted" \\ one\nand another' };
    await writeProjectFolder(dir, { emulators: emulatorsSection(ports), env, secrets: {}, live: false });
  });
  after(() => rm(dir, { recursive: true }));

  const read = (name: string) => readFile(join(dir, name), 'utf8');

  it('has nine ports, all different', () => {
    assert.equal(new Set(Object.values(ports)).size, 9);
  });

  it('has the firebase.json of the project but for the ports', async () => {
    const { emulators: usual, ...rest } = JSON.parse(await readFile(FIREBASE_JSON, 'utf8'));
    const { emulators, ...written } = JSON.parse(await read('firebase.json'));
    assert.deepEqual(written, rest);
    assert.deepEqual(portsIn(emulators), ports);
    assert.deepEqual(Object.keys(emulators), Object.keys(usual));
  });

  it('gives the functions every param and secret, so that nobody is asked for one', async () => {
    const { stack } = await loadFunctions(FUNCTIONS_DIR);
    const params = parseDotenv(await read('functions/.env'));
    const secrets = parseDotenv(await read('functions/.secret.local'));
    for (const { name, type } of stack.params ?? []) assert.ok(name in (type === 'secret' ? secrets : params), name);
    assert.equal(params.VERTEX_BASE_URL, 'http://127.0.0.1:1');
    assert.equal(params.ALLOWED_ORIGINS, 'a "quoted" \\ one\nand another');
  });

  it('has the functions as they were built', async () => {
    assert.equal(await read('functions/lib/index.js'), await readFile(join(FUNCTIONS_DIR, 'lib/index.js'), 'utf8'));
  });

  it('has a port for each emulator in the real firebase.json', async () => {
    const { emulators } = JSON.parse(await readFile(FIREBASE_JSON, 'utf8'));
    assert.equal(portsIn(emulators).hosting, 5000);
    assert.throws(() => portsIn({ ...emulators, tasks: {} }), /no port for the emulator tasks/);
  });
});
