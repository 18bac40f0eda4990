import { invalidQuery } from '../errors.ts';
import { zoneOf } from './dates.ts';
import { nodeOf } from './tree.ts';
import {
  coerced,
  commonType,
  elementOf,
  fits,
  isNumber,
  isOrdered,
  quoted,
  type SqlType,
  type Typed,
} from './types.ts';

/** An argument: translated only when a signature wants its type, since a date part or zone has none. */
export type Argument = { tree: unknown; value: () => Typed };

/** The arguments' SQL when they fit `parameters`; undefined when they do not. */
export function bind(
  parameters: string[],
  given: Argument[],
): { args: string[]; letters: Map<string, SqlType> } | undefined {
  const repeated = parameters[0]?.endsWith('…') ? parameters[0].slice(0, -1) : undefined;
  const wanted = repeated ? given.map(() => repeated) : parameters;
  const isEmpty = repeated !== undefined && given.length === 0;
  if (wanted.length !== given.length || isEmpty) return undefined;
  const letters = new Map<string, SqlType>();
  for (const letter of ['T', 'N', 'O']) {
    const types = given.filter((_, at) => wanted[at] === letter).map(({ value }) => value().type);
    if (types.length > 0) letters.set(letter, commonType(types, 'the arguments'));
  }
  if (letters.has('O') && !isOrdered(letters.get('O') ?? 'NULL')) return undefined;
  if (letters.has('N') && !isNumber(letters.get('N') ?? 'NULL')) return undefined;
  const args = wanted.map((want, at) => {
    const argument = given[at] as Argument;
    const special = SPECIAL[want];
    if (special) return special(argument);
    const type = letters.get(want) ?? (want as SqlType);
    // A function of FLOAT64 has a form for NUMERIC in BigQuery that answers NUMERIC: not this one.
    if (type === 'FLOAT64' && argument.value().type === 'NUMERIC' && !letters.has(want)) return undefined;
    return fits(argument.value().type, type) ? coerced(argument.value(), type) : undefined;
  });
  return args.every((arg) => arg !== undefined) ? { args, letters } : undefined;
}

/** Arguments that are not any expression of a type: literals that decide the plan. */
const SPECIAL: Readonly<Record<string, (argument: Argument) => string | undefined>> = {
  ARRAY: ({ value }) => (elementOf(value().type) ? value().sql : undefined),
  ZONE: ({ tree }) => zoneOf(tree),
  COUNT: ({ tree }) => String(wholeLiteral(tree, 1_000_000)),
  PARTS: ({ tree }) => {
    const parts = wholeLiteral(tree, 1_000);
    return `[${Array.from({ length: parts + 1 }, (_, at) => at / parts).join(', ')}]`;
  },
  PATH: ({ tree }) => {
    const [kind, { value }] = nodeOf(tree);
    if (kind === 'literal' && /^\$(\.[A-Za-z_]\w*|\[\d+\])*$/.test(String(value))) return quoted(String(value));
    throw invalidQuery('A JSON path must be a literal such as "$.a.b[0]".');
  },
  DELIMITER: ({ tree }) => {
    const [kind, { literal_type, value }] = nodeOf(tree);
    if (kind === 'literal' && literal_type === 'string') return quoted(String(value));
    throw invalidQuery('A delimiter must be a literal text.');
  },
};

function wholeLiteral(tree: unknown, max: number): number {
  const [kind, { value }] = nodeOf(tree);
  const number = kind === 'literal' ? Number(value) : Number.NaN;
  if (!Number.isInteger(number) || number < 1 || number > max)
    throw invalidQuery(`Expected a literal from 1 to ${max}.`);
  return number;
}
