import { readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { parseArgs } from 'node:util';
import { AppError } from '../functions/src/core/errors.ts';
import { CONNECT_OPTIONS, CONNECT_USAGE, connect } from './connect.ts';
import { planOf, printedPlan } from './rules/plan.ts';
import { readRules, Unreadable } from './rules/read.ts';
import { writeRules } from './rules/write.ts';

const USAGE = `npm run rules -- COMMAND [options]
Keeps alert rules in a YAML file. Every change is in the audit log.

  apply FILE     makes the rules of the file those of the system, all or none of them; others are kept
  diff FILE      shows what apply would do; exits with 1 when that is something
  export         writes all rules as such a file

  --prune        with apply and diff: rules that are not in the file are deleted
  --dry-run      with apply: shows what it would do
${CONNECT_USAGE}

Exit codes: 0 done, or so already; 1 refused (a mistake, with file:line:column; or a rule was changed meanwhile), or different; 2 not understood, or the system does not answer; 3 it broke.`;

class UsageError extends Error {}

const OPTIONS = {
  ...CONNECT_OPTIONS,
  prune: { type: 'boolean', default: false },
  'dry-run': { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

function parsed(args: string[]) {
  try {
    return parseArgs({ args, options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

async function main(args: string[]): Promise<void> {
  const { values, positionals } = parsed(args);
  const [command, file, ...more] = positionals;
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const takesFile = command === 'apply' || command === 'diff';
  if (!takesFile && command !== 'export') throw new UsageError('name a command: apply, diff or export');
  if (more.length > 0 || takesFile !== (file !== undefined))
    throw new UsageError(`${command} takes ${takesFile ? 'a file' : 'no file'}`);
  const wanted = file === undefined ? [] : readRules(await textOf(file), file);
  await connect(values).catch((error: Error) => {
    throw new UsageError(error.message, { cause: error });
  });
  const { carryOut, plainRule, storedRules } = await import('./rules/store.ts');
  const stored = await storedRules();
  if (command === 'export') {
    process.stdout.write(writeRules(stored.map(plainRule)));
    return;
  }
  const steps = planOf(stored, plainRule, wanted, values.prune);
  console.log(printedPlan(steps));
  if (command === 'diff') process.exitCode = steps.length > 0 ? 1 : 0;
  else if (!values['dry-run'] && steps.length > 0) await carryOut(steps, { cli: userInfo().username });
}

function textOf(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: Error) => {
    throw new UsageError(error.message, { cause: error });
  });
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (error instanceof Unreadable || error instanceof AppError) {
    console.error(error.message);
    process.exitCode = 1;
  } else if (error instanceof UsageError) {
    console.error(`${error.message}\n\n${USAGE}`);
    process.exitCode = 2;
  } else {
    console.error(error);
    process.exitCode = 3;
  }
}
