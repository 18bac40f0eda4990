import assert from 'node:assert/strict';
import { type Client, clientFor, database, type QuietStack, quietStack } from '../../stack/harness.ts';
import { bodyOf } from '../admin/people.ts';
import { assertRefusal } from '../refusal.ts';
import { RULE } from './desk.ts';

describe('alert rules by HTTP', () => {
  let stack: QuietStack;
  let root: Client;
  let analyst: Client;

  before(async function () {
    this.timeout(30_000);
    stack = await quietStack();
    root = await clientFor(stack, 'root', { role: 'admin' });
    analyst = await clientFor(stack, 'lyst', { role: 'analyst' });
  });
  after(() => stack?.stop());

  const refusedAt = async (method: string, path: string, body: object, problemPath: string) => {
    const answer = await root.call(method, path, body);
    assertRefusal(answer, { status: 400, code: 'invalid_request' });
    const paths = answer.body.errors.map((problem: { path: string }) => problem.path);
    assert.ok(paths.includes(problemPath), `${problemPath} in ${JSON.stringify(answer.body.errors)}`);
  };

  it('are made, read, changed and deleted, each with its version and in the audit log', async () => {
    const made = await root.call('POST', '/alert-rules', RULE);
    assert.equal(made.status, 201, JSON.stringify(made.body));
    assert.equal(made.headers.get('location'), '/api/v1/alert-rules/slow_veo');
    assert.equal(made.headers.get('etag'), '"1"');
    const { version, origin, enabled, noData, labels } = made.body;
    assert.deepEqual(
      { version, origin, enabled, noData, labels },
      { version: 1, origin: 'api', enabled: true, noData: 'ok', labels: RULE.labels },
    );
    const read = bodyOf(await analyst.call('GET', '/alert-rules/slow_veo'));
    assert.deepEqual(read, made.body);

    const patched = await root.call('PATCH', '/alert-rules/slow_veo', { windowMin: 30 }, { 'If-Match': '"1"' });
    assert.equal(bodyOf(patched).windowMin, 30);
    assert.equal(patched.headers.get('etag'), '"2"');
    assertRefusal(await root.call('PATCH', '/alert-rules/slow_veo', { windowMin: 60 }, { 'If-Match': '"1"' }), {
      status: 409,
      code: 'conflict',
    });
    assert.equal(bodyOf(await root.call('PUT', '/alert-rules/slow_veo', RULE)).windowMin, 15);
    assert.equal(
      bodyOf(await root.call('PUT', '/alert-rules/slow_veo', RULE)).version,
      3,
      'the same again is no change',
    );
    assert.equal(bodyOf(await root.call('DELETE', '/alert-rules/slow_veo')).version, 3);
    assertRefusal(await analyst.call('GET', '/alert-rules/slow_veo'), { status: 404, code: 'not_found' });

    const { entries } = bodyOf(await root.call('GET', '/admin/audit-log?target=slow_veo'));
    const told = entries.map(
      ({ action, actor }: { action: string; actor: { uid: string } }) => `${actor.uid} ${action}`,
    );
    // Time stands still: they are of one moment.
    assert.deepEqual(told.sort(), [
      'root alert_rule.changed',
      'root alert_rule.changed',
      'root alert_rule.created',
      'root alert_rule.deleted',
    ]);
  });

  it('have one slug each', async () => {
    assert.equal((await root.call('POST', '/alert-rules', { ...RULE, slug: 'twice' })).status, 201);
    assertRefusal(await root.call('POST', '/alert-rules', { ...RULE, slug: 'twice' }), {
      status: 409,
      code: 'conflict',
    });
    await refusedAt('PUT', '/alert-rules/twice', RULE, 'slug');
  });

  it('are changed by one of two people at once', async () => {
    await root.call('POST', '/alert-rules', { ...RULE, slug: 'contested' });
    const tag = { 'If-Match': '"1"' };
    const both = await Promise.all(
      [20, 40].map((windowMin) => root.call('PATCH', '/alert-rules/contested', { windowMin }, tag)),
    );
    assert.deepEqual(both.map(({ status }) => status).sort(), [200, 409]);
    assert.equal(bodyOf(await root.call('GET', '/alert-rules/contested')).version, 2);
  });

  for (const [what, change, path] of [
    ['an unknown metric', { metric: 'happiness' }, 'metric'],
    ['an unknown field', { tresholds: 5 }, ''],
    ['a slug with a space', { slug: 'slow veo' }, 'slug'],
    ['control characters in its name', { name: 'slow\u0007' }, 'name'],
    ['half a surrogate pair', { name: 'slow \ud83c' }, 'name'],
    ['a window of nothing', { windowMin: 0 }, 'windowMin'],
    ['no bound at all', { condition: { type: 'threshold', op: '>' } }, 'condition'],
    [
      'a critical bound before the warning',
      { condition: { type: 'threshold', op: '>', warning: 5, critical: 4 } },
      'condition.critical',
    ],
    [
      'a filter that the metric is not counted by',
      { metric: 'serviceDown', filters: { kind: 'text_to_video' } },
      'filters.kind',
    ],
    ['a script as a link', { actions: [{ label: 'x', url: 'javascript:alert(1)' }] }, 'actions.0.url'],
    ['a label that is too long', { labels: { team: 'x'.repeat(201) } }, 'labels.team'],
    ['a description of 10 MB', { description: 'x'.repeat(10_000_000) }, 'description'],
  ] as const) {
    it(`are refused with ${what}, and nothing is stored`, async () => {
      await refusedAt('POST', '/alert-rules', { ...RULE, slug: 'wrong', ...change }, path);
      assert.equal((await (await database()).doc('alert_rules/wrong').get()).exists, false);
    });
  }

  it('are listed by slug, page by page', async () => {
    for (const slug of ['list_a', 'list_b', 'list_c']) await root.call('POST', '/alert-rules', { ...RULE, slug });
    const slugs: string[] = [];
    for (let cursor: string | undefined = 'list'; cursor !== undefined; ) {
      const page = bodyOf(await analyst.call('GET', `/alert-rules?limit=2&cursor=${cursor}`));
      slugs.push(...page.rules.map(({ slug }: { slug: string }) => slug));
      cursor = page.nextCursor;
    }
    assert.deepEqual(
      slugs.filter((slug) => slug.startsWith('list_')),
      ['list_a', 'list_b', 'list_c'],
    );
  });

  it('are changed by admins alone', async () => {
    assertRefusal(await analyst.call('POST', '/alert-rules', { ...RULE, slug: 'mine' }), {
      status: 403,
      code: 'forbidden',
    });
  });
});
