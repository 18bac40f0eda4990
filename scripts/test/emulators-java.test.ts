import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { deleteApp, initializeApp } from 'firebase-admin/app';
import { getFirestore } from 'firebase-admin/firestore';
import { javaOnPath } from '../../local/emulators/java-on-path.ts';
import { freePorts } from '../../local/emulators/ports.ts';
import { startRecordingHost } from '../../local/test/firestore/recording-host.ts';

// Google's clients need not look for a machine in the cloud.
process.env.METADATA_SERVER_DETECTION ??= 'none';

const require = createRequire(import.meta.url);
// Internal to firebase-tools 15: this test is what notices when they change.
const { checkJavaMajorVersion, MIN_SUPPORTED_JAVA_MAJOR_VERSION } = require('firebase-tools/lib/emulator/commandUtils');
const { _getCommand } = require('firebase-tools/lib/emulator/downloadableEmulators');

/** Looks until it holds, at most 20 s. */
async function eventually(what: string, holds: () => Promise<boolean>): Promise<void> {
  const deadlineMs = performance.now() + 20_000;
  while (!(await holds())) {
    if (performance.now() > deadlineMs) assert.fail(`not within 20 s: ${what}`);
    await sleep(20);
  }
}

const answers = (url: string) =>
  fetch(url).then(
    (answer) => answer.ok,
    // Not there (any more).
    () => false,
  );

describe('the local Firestore in the place of Java', function () {
  this.timeout(60_000);
  let dir: string;
  let env: Record<string, string>;
  let usualPath: string | undefined;
  let port: number;
  const running: ChildProcess[] = [];

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'dailies-java-'));
    env = await javaOnPath(dir);
    usualPath = process.env.PATH;
    process.env.PATH = env.PATH;
    port = (await freePorts()).firestore;
  });
  after(async () => {
    process.env.PATH = usualPath;
    for (const child of running) child.kill('SIGKILL');
    await rm(dir, { recursive: true });
  });

  /** Starts it with the arguments that firebase-tools gives to Java. */
  function startJava(functionsHost: string): ChildProcess {
    const given = {
      ...{ host: '127.0.0.1', port, websocket_port: 9150, 'database-edition': 'standard', project_id: 'demo-dailies' },
      ...{ rules: '/firestore.rules', single_project_mode: true, functions_emulator: functionsHost },
    };
    const { binary, args } = _getCommand('firestore', given);
    assert.equal(binary, 'java');
    const child = spawn(binary, args, { stdio: ['ignore', 'inherit', 'inherit'] });
    running.push(child);
    return child;
  }

  it('has a version that firebase-tools accepts', async () => {
    assert.ok((await checkJavaMajorVersion()) >= MIN_SUPPORTED_JAVA_MAJOR_VERSION);
  });

  it('serves documents, tells the functions emulator of them, and ends on SIGINT', async () => {
    const functions = await startRecordingHost();
    const java = startJava(functions.hostPort);
    const base = `http://127.0.0.1:${port}`;
    await eventually('Firestore answers', () => answers(base));

    const project = `${base}/emulator/v1/projects/demo-dailies`;
    const rules = await fetch(`${project}:securityRules`, { method: 'PUT', body: '{"rules": {"files": []}}' });
    assert.deepEqual(await rules.json(), { issues: [] });
    const registration = {
      ...{ eventType: 'google.cloud.firestore.document.v1.written', database: '(default)', namespace: '(default)' },
      document: { value: 'generations/{generationId}', matchType: 'PATH_PATTERN' },
    };
    const registered = await fetch(`${project}/eventarcTrigger?eventarcTriggerId=us-central1-project-0`, {
      ...{ method: 'POST', body: JSON.stringify(registration) },
    });
    assert.equal(registered.status, 200);

    process.env.FIRESTORE_EMULATOR_HOST = `127.0.0.1:${port}`;
    const app = initializeApp({ projectId: 'demo-dailies' }, 'in-place-of-java');
    await getFirestore(app).doc('generations/g1').set({ state: 'queued' });
    const [event] = await functions.until(1);
    assert.equal(event?.triggerKey, 'us-central1-project-0');
    assert.equal(event?.path, 'generations/g1');
    await deleteApp(app);
    delete process.env.FIRESTORE_EMULATOR_HOST;

    java.kill('SIGINT');
    assert.deepEqual(await once(java, 'exit'), [0, null]);
    assert.equal(await answers(base), false);
    await functions.stop();
  });

  it('ends when whoever started it is gone', async () => {
    const { args } = _getCommand('firestore', { host: '127.0.0.1', port, project_id: 'demo-dailies' });
    const start = `require('node:child_process').spawn('java', ${JSON.stringify(args)}, { detached: true })`;
    const parent = spawn(process.execPath, ['-e', `${start}; setInterval(() => undefined, 1_000)`]);
    running.push(parent);
    await eventually('Firestore answers', () => answers(`http://127.0.0.1:${port}`));
    parent.kill('SIGKILL');
    await eventually('Firestore ends', async () => !(await answers(`http://127.0.0.1:${port}`)));
  });
});
