import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import {
  type Client,
  capturedLogs,
  clientFor,
  frozenStack,
  type Logs,
  placeOf,
  send,
} from '../../functions/test/stack/harness.ts';
import { signIn } from '../../local/auth/accounts.ts';
import type { Stack } from '../../local/stack/in-process.ts';

const SCRIPT = fileURLToPath(new URL('../users.ts', import.meta.url));

interface Ran {
  code: number;
  out: string;
  err: string;
}

describe('npm run users', () => {
  let stack: Stack;
  let logs: Logs;
  let root: Client;

  before(async function () {
    this.timeout(30_000);
    logs = capturedLogs();
    stack = await frozenStack({ limits: true });
    root = await clientFor(placeOf(stack), 'root', { role: 'admin' });
    await clientFor(placeOf(stack), 'ann');
  });
  after(async () => {
    await stack?.stop();
    logs?.restore();
  });

  /** Runs the command as a process of its own, which finds the stack by its environment alone. */
  const users = (...args: string[]): Promise<Ran> => usersOf({}, ...args);

  function usersOf(more: Record<string, string>, ...args: string[]): Promise<Ran> {
    const env = {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      GCLOUD_PROJECT: 'demo-dailies',
      FIRESTORE_EMULATOR_HOST: stack.cloud.firestore.host,
      FIREBASE_AUTH_EMULATOR_HOST: stack.cloud.auth.host,
      METADATA_SERVER_DETECTION: 'none',
      ...more,
    };
    return new Promise((done) => {
      execFile(process.execPath, [SCRIPT, ...args], { env, timeout: 20_000 }, (error, out, err) =>
        done({ code: error ? Number(error.code) : 0, out, err }),
      );
    });
  }

  async function done(...args: string[]): Promise<string> {
    const { code, out, err } = await users(...args);
    assert.equal(code, 0, err);
    return out;
  }

  it('lists everybody, for people and for programs', async () => {
    const [heading, ann, ...others] = (await done('list')).trimEnd().split('\n');
    assert.match(heading ?? '', /^uid +e-mail +role +tier +state +available +held +open +last used$/);
    assert.match(ann ?? '', /^ann +ann@example\.test +- +free +active +- +- +- +20\d\d-/);
    assert.equal(others.length, 1);
    const listed = JSON.parse(await done('list', '--json'));
    assert.deepEqual(
      listed.map(({ uid, role, hasAccount }: Record<string, unknown>) => [uid, role, hasAccount]),
      [
        ['ann', undefined, false],
        ['root', 'admin', false],
      ],
    );
  });

  it('gives a role, a tier and credits by e-mail address, once for a key', async () => {
    assert.match(await done('role', 'ann@example.test', 'analyst'), /\nann .* analyst +free +active/);
    assert.match(await done('grant', 'ann', 'premium', '--reason', 'a good customer'), /analyst +premium/);
    const first = await done('credit', 'ann', '700', '--reason', 'paid', '--kind', 'purchase', '--key', 'pay-1');
    const [, credits] = /^purchase\.ann\.pay-1: booked; (\d+) credits available\n$/.exec(first) ?? [];
    const again = await done('credit', 'ann', '700', '--reason', 'paid', '--kind', 'purchase', '--key', 'pay-1');
    assert.equal(again, `purchase.ann.pay-1: had been booked before; ${credits} credits available\n`);
    const less = await done('credit', 'ann', '-100', '--kind', 'adjustment', '--reason', 'a mistake');
    assert.match(less, new RegExp(`: booked; ${Number(credits) - 100} credits available`));
    const claims = await signIn(stack.cloud.auth.host, 'ann@example.test', 'secret-1');
    const { role, premium } = JSON.parse(Buffer.from(claims.idToken.split('.')[1] ?? '', 'base64url').toString());
    assert.deepEqual({ role, premium }, { role: 'analyst', premium: true });
  }).timeout(30_000);

  it('suspends and lifts', async () => {
    assert.match(await done('suspend', 'ann', '--reason', 'abuse'), / suspended /);
    await assert.rejects(signIn(stack.cloud.auth.host, 'ann@example.test', 'secret-1'), /USER_DISABLED/);
    assert.match(await done('suspend', 'ann', '--lift'), / active /);
    await signIn(stack.cloud.auth.host, 'ann@example.test', 'secret-1');
  }).timeout(30_000);

  it('tells the audit log who, what and why', async () => {
    const { body } = await root.call('GET', '/admin/audit-log?target=ann&limit=100');
    const told = body.entries.map(({ action, actor, from, reason }: Record<string, unknown>) => {
      assert.deepEqual(Object.keys(actor as object), ['cli']);
      assert.equal(from, 'cli');
      return `${action}: ${reason}`;
    });
    assert.deepEqual(told.sort(), [
      'credits.adjustment: a mistake',
      'credits.purchase: paid',
      'user.reinstated: none given',
      'user.role_changed: none given',
      'user.suspended: abuse',
      'user.tier_changed: a good customer',
    ]);
  });

  it('refuses with the reason, and changes nothing', async () => {
    const { writes } = stack.cloud.firestore.usage().total;
    const unknown = await users('role', 'nobody', 'admin');
    assert.deepEqual([unknown.code, unknown.err], [1, 'refused: There is no user nobody.\n']);
    const much = await users('credit', 'ann', '-99999', '--kind', 'adjustment', '--reason', 'x');
    assert.equal(much.code, 1);
    assert.match(much.err, /^refused: Only \d+ credits are available\.\n$/);
    assert.equal(stack.cloud.firestore.usage().total.writes, writes);
  }).timeout(30_000);

  it('says so when the system does not answer', async () => {
    for (const args of [['list'], ['role', 'ann', 'admin']]) {
      const { code, out, err } = await usersOf({ FIREBASE_AUTH_EMULATOR_HOST: '127.0.0.1:1' }, ...args);
      assert.deepEqual([code, out], [2, '']);
      assert.match(err, /^not now: Users cannot be looked up at the moment; try again\.$/m);
      assert.doesNotMatch(err, /^ +at /m);
    }
  });

  const mistakes: [RegExp, ...string[]][] = [
    [/^name a command/],
    [/^there is no command dance/, 'dance'],
    [/^0 words after the command; it takes 2/, 'grant'],
    [/^"gold" is not a tier: free, premium/, 'grant', 'ann', 'gold'],
    [/^"owner" is not a role/, 'role', 'ann', 'owner'],
    [/^N must be a whole number/, 'credit', 'ann', '1.5', '--reason', 'x'],
    [/^N must be a whole number/, 'credit', 'ann', '-5', '--reason', 'x'],
    [/^say why/, 'credit', 'ann', '5'],
    [/^the key must be 1 to 255 visible ASCII characters/, 'credit', 'ann', '5', '--reason', 'x', '--key', ''],
    [/^the key must be/, 'credit', 'ann', '5', '--reason', 'x', '--key', 'pay 1'],
    [/^the reason may have 500 characters/, 'credit', 'ann', '5', '--reason', 'x'.repeat(501)],
    [/^the reason may have 500 characters/, 'role', 'ann', 'none', '--reason', 'x'.repeat(501)],
    [/^say why/, 'suspend', 'ann', '--reason', ' '],
    [/^Unknown option '--force'/, 'suspend', 'ann', '--force'],
    [/^no system answers on port 1/, 'list', '--local', '--port', '1'],
  ];
  for (const [message, ...args] of mistakes) {
    it(`shows how it is used: ${args.join(' ').slice(0, 60) || 'nothing'}`, async () => {
      const { code, out, err } = await users(...args);
      assert.deepEqual([code, out], [2, '']);
      assert.match(err, message);
      assert.match(err, /npm run users -- COMMAND/);
    });
  }

  it('a role given here is felt by the API', async () => {
    const { idToken } = await signIn(stack.cloud.auth.host, 'ann@example.test', 'secret-1');
    const headers = { Authorization: `Bearer ${idToken}` };
    const endsAt = performance.now() + 5_000;
    let status = 0;
    while (status !== 200) {
      assert.ok(performance.now() < endsAt, `${status}`);
      status = (await send(`${stack.url}/api/v1/health/services`, 'GET', undefined, headers)).status;
    }
  });
});
