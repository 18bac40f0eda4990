import { invalidQuery } from '../errors.ts';
import { bind } from './binding.ts';
import { callOf } from './call-nodes.ts';
import type { Context } from './context.ts';
import { DATE_FUNCTIONS } from './dates.ts';
import { type AllowedFunction, FUNCTIONS } from './functions.ts';
import { type Tree, unknown } from './tree.ts';
import type { SqlType, Typed } from './types.ts';

/**
 * The translation of a call; undefined when the node is none. `inWindow` says that an OVER follows, without which a window
 * function is refused. Throws BigQueryError for a function or argument types outside the allow-list.
 */
export function translateCall(kind: string, fields: Tree, context: Context, inWindow = false): Typed | undefined {
  const call = callOf(kind, fields);
  if (!call) return undefined;
  const { name, args, distinct } = call;
  const dateFunction = DATE_FUNCTIONS[name];
  if (dateFunction && !inWindow && !distinct) {
    if (!dateFunction.arity.includes(args.length)) throw noSignature(name, [`${args.length} arguments`]);
    return dateFunction.translate(args, context);
  }
  const allowed = FUNCTIONS[name];
  if (!allowed) throw unknown(`the function ${name}`);
  if (inWindow ? allowed.kind === 'scalar' : allowed.kind === 'window') {
    throw invalidQuery(`${name} ${inWindow ? 'cannot be used with' : 'needs'} an OVER clause.`);
  }
  if (distinct && (allowed.kind !== 'aggregate' || args.length !== 1)) throw unknown(`DISTINCT in ${name}`);
  return overloaded(name, allowed, args, distinct, context);
}

function overloaded(
  name: string,
  allowed: AllowedFunction,
  args: unknown[],
  distinct: boolean,
  context: Context,
): Typed {
  const values = args.map((arg) => ({ tree: arg, value: lazily(() => context.expression(arg)) }));
  for (const [signature, sql] of allowed.overloads) {
    const [parameters = '', result = ''] = signature.split('=>').map((part) => part.trim());
    const bound = bind(parameters === '' ? [] : parameters.split(', '), values);
    if (!bound) continue;
    const template = distinct ? sql.replace('$1', 'DISTINCT $1') : sql;
    const filled = template.replace(/\$(\d|\*)/g, (_, at) =>
      at === '*' ? bound.args.join(', ') : String(bound.args[at - 1]),
    );
    const letter = /^[TNO]$/.exec(result)?.[0] ?? /<([TNO])>/.exec(result)?.[1];
    const type = letter ? result.replace(letter, bound.letters.get(letter) ?? 'INT64') : result;
    return { sql: filled, type: type as SqlType };
  }
  throw noSignature(
    name,
    values.map(({ value }) => value().type),
  );
}

function noSignature(name: string, types: string[]) {
  return invalidQuery(`No matching signature for function ${name} for argument types: ${types.join(', ') || 'none'}.`);
}

function lazily<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
