import assert from 'node:assert/strict';
import { withoutWords } from '../../../src/core/generation/withoutWords.ts';

const PROMPT = 'a "red" door\nin the rain';
const ONCE = JSON.stringify(PROMPT).slice(1, -1);
const TWICE = JSON.stringify(ONCE).slice(1, -1);

describe("a provider's message without the user's words", () => {
  const rows: [string, string, string[], string][] = [
    ['nothing quoted', 'no capacity', [PROMPT], 'no capacity'],
    ['quoted as it is', `bad: ${PROMPT}!`, [PROMPT], 'bad: […]!'],
    ['in JSON', `{"message":"bad: ${ONCE}"}`, [PROMPT], '{"message":"bad: […]"}'],
    ['in JSON in JSON', `"{\\"message\\":\\"${TWICE}\\"}"`, [PROMPT], '"{\\"message\\":\\"[…]\\"}"'],
    ['twice, and another', `${PROMPT} | ${PROMPT} | blurry hands`, [PROMPT, 'blurry hands'], '[…] | […] | […]'],
    ['in part', `bad: ${PROMPT.slice(3, 12)}?`, [PROMPT], 'bad: […]?'],
    ['cut off', `bad: ${PROMPT.slice(0, 15)}`, [PROMPT], 'bad: […]'],
    ['cut off before it tells anything', `bad: ${PROMPT.slice(0, 7)}`, [PROMPT], `bad: ${PROMPT.slice(0, 7)}`],
    ['words too short to tell anything', 'a door', ['a'], 'a door'],
    ['deleted words', 'bad', [''], 'bad'],
  ];
  for (const [name, message, words, expected] of rows) {
    it(name, () => assert.equal(withoutWords(message, words), expected));
  }
});
