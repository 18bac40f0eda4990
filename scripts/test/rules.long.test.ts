import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkedRule } from '../../functions/src/core/alert/checkedRule.ts';
import { DEFAULT_RULES } from '../../functions/src/core/alert/defaultRules.ts';
import {
  capturedLogs,
  clientFor,
  database,
  frozenStack,
  type Logs,
  placeOf,
} from '../../functions/test/stack/harness.ts';
import type { Stack } from '../../local/stack/in-process.ts';
import { planOf, printedPlan } from '../rules/plan.ts';
import { readRules, Unreadable } from '../rules/read.ts';
import { writeRules } from '../rules/write.ts';

const SCRIPT = fileURLToPath(new URL('../rules.ts', import.meta.url));

const RULE = `rules:
  - slug: slow_veo
    name: Veo is slow
    metric: totalMsP95
    filters: { provider: google }
    windowMin: 15
    condition: { type: threshold, op: '>', warning: 300000 }
`;

describe('rules in YAML', () => {
  it('are written and read as the same rules', () => {
    const text = writeRules(DEFAULT_RULES);
    const sorted = [...DEFAULT_RULES].sort((a, b) => (a.slug < b.slug ? -1 : 1));
    assert.deepEqual(readRules(text, 'all.yaml'), sorted);
    assert.equal(writeRules(readRules(text, 'all.yaml')), text);
  });

  const mistakes: [string, string, string][] = [
    [
      'an unknown field',
      RULE.replace('windowMin', 'tresholds: 5\n    windowMin'),
      'rules.yaml:6:5: there is no field tresholds',
    ],
    [
      'an unknown field within one',
      RULE.replace('warning', 'warnin'),
      'rules.yaml:7:44: there is no field condition.warnin',
    ],
    [
      'a bad value',
      RULE.replace('windowMin: 15', 'windowMin: soon'),
      'rules.yaml:6:16: windowMin: Invalid input: expected number, received string',
    ],
    [
      'a missing field',
      RULE.replace('    metric: totalMsP95\n', ''),
      'rules.yaml:2:5: metric: Invalid input: expected string, received undefined',
    ],
    [
      'a metric that there is not',
      RULE.replace('totalMsP95', 'happiness'),
      'rules.yaml:4:13: metric: is none; there are',
    ],
    [
      'a slug twice',
      `${RULE}${RULE.slice(RULE.indexOf('  - '))}`,
      'rules.yaml:8:11: slug: another rule has it already',
    ],
    [
      'a key twice',
      RULE.replace('windowMin: 15', 'windowMin: 15\n    windowMin: 15'),
      'rules.yaml:7:5: Map keys must be unique',
    ],
    ['no YAML', 'rules: [', 'rules.yaml:1:9: '],
    ['something else', 'rulez: []', 'rules.yaml:1:1: must be a list called rules'],
    ['something besides', `${RULE}more: 1\n`, 'rules.yaml:8:1: there is no field more'],
    ['nothing', '', 'rules.yaml:1:1: must be a list called rules'],
  ];
  for (const [what, text, message] of mistakes) {
    it(`are refused with ${what}, and say where`, () => {
      assert.throws(
        () => readRules(text, 'rules.yaml'),
        (error) => {
          assert.ok(error instanceof Unreadable);
          assert.equal(error.message.slice(0, message.length), message);
          return true;
        },
      );
    });
  }

  it('say everything that is wrong', () => {
    const text = RULE.replace('windowMin: 15', 'windowMin: 0\n    foo: 1');
    assert.throws(
      () => readRules(text, 'r.yaml'),
      (error: Error) => error.message.split('\n').length === 2,
    );
  });

  it('are compared field by field; what is not in the file is kept', () => {
    const [one, two, three] = ['one', 'two', 'three'].map((slug) => checkedRule({ ...readRules(RULE, 'r')[0], slug }));
    assert.ok(one && two && three);
    const same = <T>(rule: T) => rule;
    const changed = { ...one, windowMin: 30, forMin: 5 };
    const kept = planOf([one, two], same, [changed, three], false);
    assert.equal(printedPlan(kept), '~ one\n    windowMin: 15 → 30\n    forMin: default → 5\n+ three');
    assert.deepEqual(
      planOf([one, two], same, [one], true).map(({ kind }) => kind),
      ['delete'],
    );
    assert.equal(printedPlan(planOf([one, two], same, [two, one], true)), 'no difference');
  });
});

describe('npm run rules', () => {
  let stack: Stack;
  let logs: Logs;
  let folder: string | undefined;

  before(async function () {
    this.timeout(30_000);
    logs = capturedLogs();
    stack = await frozenStack();
    const root = await clientFor(placeOf(stack), 'root', { role: 'admin' });
    assert.equal((await root.call('GET', '/alert-rules')).status, 200);
    folder = await mkdtemp(join(tmpdir(), 'dailies-rules-'));
  });
  after(async () => {
    await stack?.stop();
    logs?.restore();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  /** Runs the command as a process of its own, which finds the stack by its environment alone. */
  function rules(...args: string[]): Promise<{ code: number; out: string; err: string }> {
    const env = {
      ...{ PATH: process.env.PATH, HOME: process.env.HOME, GCLOUD_PROJECT: 'demo-dailies' },
      ...{ FIRESTORE_EMULATOR_HOST: stack.cloud.firestore.host, METADATA_SERVER_DETECTION: 'none' },
    };
    return new Promise((done) => {
      execFile(process.execPath, [SCRIPT, ...args], { env, timeout: 20_000 }, (error, out, err) =>
        done({ code: error ? Number(error.code) : 0, out, err }),
      );
    });
  }

  async function file(text: string): Promise<string> {
    const path = join(folder ?? assert.fail(), 'rules.yaml');
    await writeFile(path, text);
    return path;
  }

  const stored = async () => (await (await database()).collection('alert_rules').get()).docs.map((doc) => doc.data());
  const audited = async () =>
    (await (await database()).collection('audit_log').get()).docs
      .map((doc) => doc.data())
      .filter(({ action }) => action.startsWith('alert_rule.'))
      .map(({ action, target }) => `${action} ${target.id}`)
      .sort();

  it('applies, differs, exports and prunes; every change is in the audit log', async function () {
    this.timeout(60_000);
    const path = await file(RULE);
    assert.deepEqual(await rules('diff', path), { code: 1, out: '+ slow_veo\n', err: '' });
    assert.deepEqual(await rules('apply', path, '--dry-run'), { code: 0, out: '+ slow_veo\n', err: '' });
    assert.deepEqual(await stored(), []);
    assert.deepEqual(await rules('apply', path), { code: 0, out: '+ slow_veo\n', err: '' });
    const [{ version, origin, windowMin, enabled } = assert.fail()] = await stored();
    assert.deepEqual(
      { version, origin, windowMin, enabled },
      { version: 1, origin: 'file', windowMin: 15, enabled: true },
    );
    assert.deepEqual(await rules('apply', path), { code: 0, out: 'no difference\n', err: '' });

    const exported = await rules('export');
    assert.equal(exported.code, 0, exported.err);
    assert.deepEqual(await rules('apply', await file(exported.out)), { code: 0, out: 'no difference\n', err: '' });

    const other = RULE.replace('slow_veo', 'other');
    assert.deepEqual(await rules('apply', await file(other.replace('15', '30'))), {
      code: 0,
      out: '+ other\n',
      err: '',
    });
    assert.deepEqual(await rules('apply', await file(other), '--prune'), {
      ...{ code: 0, out: '~ other\n    windowMin: 30 → 15\n- slow_veo\n', err: '' },
    });
    assert.deepEqual(
      (await stored()).map(({ windowMin, version }) => [windowMin, version]),
      [[15, 2]],
    );
    assert.deepEqual(await audited(), [
      ...['alert_rule.changed other', 'alert_rule.created other'],
      ...['alert_rule.created slow_veo', 'alert_rule.deleted slow_veo'],
    ]);
  });

  it('changes nothing where one rule is wrong', async function () {
    this.timeout(20_000);
    const before = await stored();
    const path = await file(`${RULE}${RULE.slice(RULE.indexOf('  - ')).replace('slow_veo', 'bad').replace('15', '0')}`);
    const { code, err } = await rules('apply', path);
    assert.equal(code, 1);
    assert.match(err, /rules\.yaml:12:16: windowMin: /);
    assert.deepEqual(await stored(), before);
  });

  it('says what it does not understand', async () => {
    for (const args of [
      [],
      ['aply', 'x'],
      ['apply'],
      ['export', 'x'],
      ['apply', '/nowhere.yaml'],
      ['diff', 'x', '--force'],
    ]) {
      assert.equal((await rules(...args)).code, 2, args.join(' '));
    }
  });
});
