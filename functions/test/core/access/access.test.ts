import assert from 'node:assert/strict';
import { callerAddress, networkOf } from '../../../src/core/access/address.ts';
import { assertAllowed } from '../../../src/core/access/decide.ts';
import { accessOf, type RouteAccess } from '../../../src/core/access/routes.ts';
import { effectiveScopes } from '../../../src/core/access/scopes.ts';
import { exceededBy, isOver } from '../../../src/core/access/window.ts';
import { type Role, SCOPES, type Scope } from '../../../src/core/actor.ts';
import { AppError } from '../../../src/core/errors.ts';

describe('the address of a caller', () => {
  const cases: [string | undefined, string][] = [
    ['203.0.113.7', '203.0.113.7'],
    ['1.2.3.4, 203.0.113.7', '203.0.113.7'],
    ['1.2.3.4,5.6.7.8 ,  203.0.113.7 ', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['2001:DB8::1', '2001:db8::1'],
    [undefined, 'unknown'],
    ['', 'unknown'],
    ['1.2.3.4, <script>', 'unknown'],
    ['x'.repeat(9_000), 'unknown'],
  ];
  for (const [header, expected] of cases) {
    it(`${String(header).slice(0, 40)} → ${expected}`, () => assert.equal(callerAddress(header), expected));
  }

  const networks: [string, string][] = [
    ['203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
    ['2001:0db8:0001:0002::9', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['unknown', 'unknown'],
  ];
  for (const [address, expected] of networks) {
    it(`${address} is counted as ${expected}`, () => assert.equal(networkOf(address), expected));
  }
});

describe('what a key may do', () => {
  const expected: [Role | undefined, Scope[]][] = [
    [undefined, ['generate']],
    ['ingest', ['generate', 'ingest']],
    ['analyst', ['generate', 'read:analytics', 'scrape']],
    ['admin', [...SCOPES]],
  ];
  for (const [role, scopes] of expected) {
    it(`of somebody ${role ?? 'without a role'}`, () => assert.deepEqual(effectiveScopes(SCOPES, role), scopes));
  }
});

describe('who is let in', () => {
  const generate: RouteAccess = { who: 'users', keys: 'generate', rate: 'read' };
  const services: RouteAccess = { who: ['analyst', 'admin'], keys: 'read:analytics', rate: 'read' };
  const byHand: RouteAccess = { who: 'users', keys: 'no key', rate: 'keys' };
  const models: RouteAccess = { who: 'users', keys: 'every key', rate: 'read' };
  const cases: { access: RouteAccess; role?: Role; scopes?: Scope[]; refusal?: RegExp }[] = [
    { access: { who: 'anybody' } },
    { access: generate },
    { access: generate, scopes: ['generate'] },
    { access: generate, scopes: ['ingest', 'scrape'], refusal: /lacks the scope generate/ },
    { access: services, refusal: /role analyst or admin/ },
    { access: services, role: 'ingest', refusal: /role analyst or admin/ },
    { access: services, role: 'analyst' },
    { access: services, role: 'admin', scopes: ['generate'], refusal: /lacks the scope read:analytics/ },
    { access: services, scopes: ['read:analytics'], refusal: /role/ },
    { access: byHand },
    { access: byHand, role: 'admin', scopes: [...SCOPES], refusal: /No API key/ },
    { access: models, scopes: [] },
  ];
  for (const { access, role, scopes, refusal } of cases) {
    const whom = `${role ?? 'no role'}${scopes ? `, key of [${scopes}]` : ''}`;
    it(`${JSON.stringify(access)}, ${whom}: ${refusal ? 'no' : 'yes'}`, () => {
      const actor = { uid: 'ann', premium: false, ...(role && { role }), ...(scopes && { key: { id: 'k', scopes } }) };
      const ask = () => assertAllowed(actor, access);
      if (!refusal) return ask();
      assert.throws(
        ask,
        (error) => error instanceof AppError && error.code === 'forbidden' && refusal.test(error.message),
      );
    });
  }

  it('knows no route that objects inherit', () => {
    for (const path of ['constructor', '__proto__', '/api/v1/nothing']) assert.equal(accessOf('GET', path), undefined);
  });
});

describe('a minute of requests', () => {
  const window = { startedAtMs: 1_000, used: 60 };
  it('is over sixty seconds after the first', () => {
    assert.equal(isOver(window, 60_999), false);
    assert.equal(isOver(window, 61_000), true);
  });
  it('is exceeded by one more than allowed, and says when it frees', () => {
    assert.equal(exceededBy(window, 61, 2_000), undefined);
    assert.equal(exceededBy(window, 60, 61_000), undefined);
    assert.deepEqual(exceededBy(window, 60, 2_000), {
      ...{ limit: 'requests_per_minute', allowed: 60, used: 60 },
      freesAt: new Date(61_000),
    });
  });
});
