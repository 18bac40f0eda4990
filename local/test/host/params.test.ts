import assert from 'node:assert/strict';
import fc from 'fast-check';
import { DotenvError, parseDotenv } from '../../host/functions/dotenv.ts';
import { missingSecrets, ParamError, resolveParams } from '../../host/functions/params.ts';

describe('host: .env files', () => {
  const rows = [
    {
      name: 'plain values, comments and blank lines',
      text: '# a\n\nA=1\n  B = two words  # b\nC=',
      expected: { A: '1', B: 'two words', C: '' },
    },
    { name: 'export and Windows line ends', text: 'export A=1\r\nB=2\r\n', expected: { A: '1', B: '2' } },
    { name: 'single quotes, taken literally', text: `A='x # \\n y'`, expected: { A: 'x # \\n y' } },
    { name: 'double quotes with escapes', text: 'A="a\\nb\\tc\\"d\\\\" # end', expected: { A: 'a\nb\tc"d\\' } },
    { name: 'values over several lines', text: 'A="one\ntwo"\nB=3', expected: { A: 'one\ntwo', B: '3' } },
    { name: 'the last of two', text: 'A=1\nA=2', expected: { A: '2' } },
    {
      name: 'signs of equality in the value',
      text: 'URL=https://x.example/?a=b',
      expected: { URL: 'https://x.example/?a=b' },
    },
  ];
  for (const { name, text, expected } of rows) {
    it(`reads ${name}`, () => assert.deepEqual(parseDotenv(text), expected));
  }

  const refused = [
    { text: 'A=1\nnonsense', says: '.env.x: not an assignment: nonsense' },
    { text: 'PORT=1', says: '.env.x: PORT is reserved for internal use' },
    { text: 'FIREBASE_THING=1', says: '.env.x: FIREBASE_THING starts with the reserved prefix FIREBASE_' },
    { text: 'X_GOOGLE_A=1', says: '.env.x: X_GOOGLE_A starts with the reserved prefix X_GOOGLE_' },
    {
      text: 'EXT_A=1\nlower=2',
      says: '.env.x: EXT_A starts with the reserved prefix EXT_; lower must be upper case letters, digits and underscores',
    },
  ];
  for (const { text, says } of refused) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      assert.throws(() => parseDotenv(text, '.env.x'), new DotenvError(says));
    });
  }

  it('reads back whatever is quoted', () => {
    const escaped = (value: string) => value.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\r', '\\r');
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (value) => {
        assert.deepEqual(parseDotenv(`BEFORE=1\nA="${escaped(value)}"\nAFTER=2`), {
          BEFORE: '1',
          A: value,
          AFTER: '2',
        });
      }),
      { seed: 1, numRuns: 300 },
    );
  });
});

describe('host: params', () => {
  const internal = { PROJECT_ID: 'demo-x' };
  const rows = [
    { name: 'a value that is set', spec: { name: 'A', type: 'string', default: 'd' }, env: { A: 'v' }, expected: {} },
    {
      name: 'an empty value that is set',
      spec: { name: 'A', type: 'string', default: 'd' },
      env: { A: '' },
      expected: {},
    },
    { name: 'a text default', spec: { name: 'A', type: 'string', default: 'd' }, env: {}, expected: { A: 'd' } },
    { name: 'a number', spec: { name: 'A', type: 'int', default: 0 }, env: {}, expected: { A: '0' } },
    { name: 'a flag', spec: { name: 'A', type: 'boolean', default: false }, env: {}, expected: { A: 'false' } },
    {
      name: 'a list default',
      spec: { name: 'A', type: 'list', default: ['x', 'y'] },
      env: {},
      expected: { A: '["x","y"]' },
    },
    { name: 'a list with commas', spec: { name: 'A', type: 'list' }, env: { A: 'x,y' }, expected: { A: '["x","y"]' } },
    { name: 'a list in JSON', spec: { name: 'A', type: 'list' }, env: { A: "['x']" }, expected: { A: '["x"]' } },
    {
      name: 'the project',
      spec: { name: 'A', type: 'string', default: '{{ params.PROJECT_ID }}.web.app' },
      env: {},
      expected: { A: 'demo-x.web.app' },
    },
    {
      name: 'another param',
      spec: { name: 'A', type: 'string', default: '{{ params.B }}-{{ params.B }}' },
      env: { B: 'b' },
      expected: { A: 'b-b' },
    },
    { name: 'no secret', spec: { name: 'A', type: 'secret' }, env: {}, expected: {} },
  ];
  for (const { name, spec, env, expected } of rows) {
    it(`resolves ${name}`, () => assert.deepEqual(resolveParams([spec], env, internal), expected));
  }

  const refused = [
    {
      name: 'no value',
      specs: [
        { name: 'A', type: 'string' },
        { name: 'B', type: 'int' },
      ],
      env: {},
      says: /no value for A, B/,
    },
    {
      name: 'a default of a param without value',
      specs: [{ name: 'A', default: '{{ params.NO }}' }],
      env: {},
      says: /default of A, \{\{ params\.NO \}\}: set A/,
    },
    {
      name: 'an expression',
      specs: [{ name: 'A', default: '{{ params.B == "x" ? 1 : 2 }}' }],
      env: { B: 'x' },
      says: /cannot work out the default of A/,
    },
    {
      name: 'a list that is no JSON',
      specs: [{ name: 'A', type: 'list' }],
      env: { A: '[x' },
      says: /A is no list: \[x/,
    },
  ];
  for (const { name, specs, env, says } of refused) {
    it(`refuses ${name}`, () => {
      assert.throws(
        () => resolveParams(specs, env, internal),
        (error) => error instanceof ParamError && says.test(error.message),
      );
    });
  }

  it('names secrets without a value', () => {
    const specs = ['A', 'B'].map((name) => ({ name, type: 'secret' }));
    assert.deepEqual(missingSecrets([...specs, { name: 'C' }], { A: 'x' }), ['B']);
  });
});
