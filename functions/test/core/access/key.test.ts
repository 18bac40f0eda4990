import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  type ApiKey,
  checkSecret,
  expiryOf,
  hashOfSecret,
  isUseToNote,
  keyText,
  parseKey,
  rotated,
  statusOf,
} from '../../../src/core/access/key.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const NOW = new Date('2040-01-01T12:00:00.000Z');
const at = (ms: number) => new Date(NOW.getTime() + ms);
const ID = 'AbCdEfGhIj0123456789';
const secretOf = (n: number) => n.toString(16).padStart(48, '0');
const hashOf = (n: number) => hashOfSecret(ID, secretOf(n));

const KEY: ApiKey = {
  ...{ id: ID, uid: 'ann', shard: 3, name: 'reporter', scopes: ['generate'], secretHash: hashOf(1), retired: [] },
  ...{ createdAt: NOW, secretSince: NOW, expiresAt: at(10 * DAY_MS), endsAt: at(10 * DAY_MS) },
};

describe('the text of a key', () => {
  it('holds its id and its secret, of which only a hash is kept', () => {
    const text = keyText(ID, secretOf(7));
    assert.equal(text, `dly_${ID}_${secretOf(7)}`);
    assert.deepEqual(parseKey(text), { id: ID, secretHash: hashOf(7) });
    assert.match(hashOf(7), /^[0-9a-f]{64}$/);
    assert.notEqual(hashOfSecret('BbCdEfGhIj0123456789', secretOf(7)), hashOf(7), 'a secret fits one id only');
  });

  it('is nothing else', () => {
    const text = keyText(ID, secretOf(7));
    for (const other of ['', 'dly_', text.slice(1), text.slice(0, -1), `${text}0`, ` ${text}`, `${text}\n`]) {
      assert.equal(parseKey(other), undefined, other);
    }
    assert.equal(parseKey(text.toUpperCase()), undefined);
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (noise) => assert.equal(parseKey(noise), undefined)),
      { seed: 1, numRuns: 300 },
    );
  });
});

describe('what opens a key', () => {
  const revoked = { ...KEY, revokedAt: at(5), endsAt: at(5) };
  const replaced = rotated(KEY, hashOf(2), HOUR_MS, NOW);
  const cases = [
    { name: 'its secret', key: KEY, secret: 1, atMs: 0, expected: 'active' },
    { name: 'its secret, until it expires', key: KEY, secret: 1, atMs: 10 * DAY_MS - 1, expected: 'active' },
    { name: 'its secret, not after', key: KEY, secret: 1, atMs: 10 * DAY_MS, expected: 'expired' },
    { name: 'another secret', key: KEY, secret: 2, atMs: 0, expected: 'wrong' },
    { name: 'another secret of an ended key', key: revoked, secret: 2, atMs: 9, expected: 'wrong' },
    { name: 'its secret once revoked', key: revoked, secret: 1, atMs: 9, expected: 'revoked' },
    { name: 'the new secret', key: replaced, secret: 2, atMs: 0, expected: 'active' },
    { name: 'the old one in its grace', key: replaced, secret: 1, atMs: HOUR_MS - 1, expected: 'active' },
    { name: 'the old one after', key: replaced, secret: 1, atMs: HOUR_MS, expected: 'replaced' },
  ] as const;
  for (const { name, key, secret, atMs, expected } of cases) {
    it(`${name}: ${expected}`, () => assert.equal(checkSecret(key, hashOf(secret), at(atMs)), expected));
  }
});

describe('rotating a key', () => {
  it('lets it live on for as long as it was given at first', () => {
    const next = rotated(KEY, hashOf(2), 0, at(DAY_MS));
    assert.deepEqual(next, {
      ...{ ...KEY, secretHash: hashOf(2), retired: [], secretSince: at(DAY_MS) },
      ...{ expiresAt: at(11 * DAY_MS), endsAt: at(11 * DAY_MS) },
    });
  });

  it('keeps no old secret longer than that one would have lived', () => {
    const next = rotated(KEY, hashOf(2), 168 * HOUR_MS, at(9 * DAY_MS));
    assert.deepEqual(next.retired, [{ secretHash: hashOf(1), validUntil: at(10 * DAY_MS) }]);
  });

  it('keeps the secrets of several rotations through their graces, so that a lost answer costs nothing', () => {
    let key = KEY;
    for (let n = 2; n <= 6; n++) key = rotated(key, hashOf(n), HOUR_MS, at(n));
    for (let n = 1; n <= 6; n++) assert.equal(checkSecret(key, hashOf(n), at(10)), 'active', `${n}`);
    assert.throws(() => rotated(key, hashOf(7), HOUR_MS, at(10)), { code: 'conflict' });
    const later = rotated(key, hashOf(7), HOUR_MS, at(2 * HOUR_MS));
    assert.deepEqual(
      later.retired.map(({ secretHash }) => secretHash),
      [hashOf(6)],
    );
  });

  it('brings no ended key back', () => {
    assert.throws(() => rotated(KEY, hashOf(2), 0, KEY.expiresAt), { code: 'conflict', message: /expired/ });
    assert.throws(() => rotated({ ...KEY, revokedAt: NOW }, hashOf(2), 0, NOW), { message: /revoked/ });
    assert.equal(statusOf({ ...KEY, revokedAt: NOW }, at(99 * DAY_MS)), 'revoked');
  });
});

describe('when a key ends', () => {
  const cases = [
    { name: 'after 90 days unless told otherwise', wish: {}, expected: at(90 * DAY_MS) },
    { name: 'after so many days', wish: { expiresInDays: 365 }, expected: at(365 * DAY_MS) },
    { name: 'at a time', wish: { expiresAt: at(1) }, expected: at(1) },
    { name: 'within a year', wish: { expiresAt: at(365 * DAY_MS) }, expected: at(365 * DAY_MS) },
  ];
  for (const { name, wish, expected } of cases) it(name, () => assert.deepEqual(expiryOf(wish, NOW), expected));
  const refused = [{ expiresAt: NOW }, { expiresAt: at(365 * DAY_MS + 1) }, { expiresAt: at(1), expiresInDays: 1 }];
  for (const wish of refused) {
    it(`not: ${JSON.stringify(wish)}`, () => assert.throws(() => expiryOf(wish, NOW), { code: 'invalid_request' }));
  }
});

it('a use is written down every ten minutes', () => {
  assert.equal(isUseToNote({}, NOW), true);
  assert.equal(isUseToNote({ lastUsedAt: at(-599_999) }, NOW), false);
  assert.equal(isUseToNote({ lastUsedAt: at(-600_000) }, NOW), true);
});
