import { userInfo } from 'node:os';
import { parseArgs } from 'node:util';
import { AppError } from '../functions/src/core/errors.ts';
import { CONNECT_OPTIONS, CONNECT_USAGE, connect } from './connect.ts';
import { COMMANDS, type Options, UsageError } from './users/commands.ts';

const USAGE = `npm run users -- COMMAND [options]
Looks at users and changes what they may do. USER is a uid or an e-mail address. Every change is in the audit log.

  list [--json]                            all users
  grant USER free|premium                  puts a user on a tier
  credit USER N --reason TEXT              books N credits (of one US cent); one may take credits off by an adjustment
      [--kind grant|purchase|adjustment]   default: grant
      [--key KEY]                          such as the id of a payment: the same key books once
  suspend USER --reason TEXT               lets a user do nothing any more
  suspend USER --lift                      ends that
  role USER admin|analyst|ingest|none      gives a user a role, or none

  --reason TEXT   why, for the audit log
${CONNECT_USAGE}

Exit codes: 0 done, or so already; 1 refused, with the reason; 2 not understood, or the system does not answer; 3 it broke.
After 2 and 3 the same again goes on from where it was; give credits a --key for that.`;

const OPTIONS = {
  ...CONNECT_OPTIONS,
  json: { type: 'boolean' },
  reason: { type: 'string' },
  kind: { type: 'string' },
  key: { type: 'string' },
  lift: { type: 'boolean' },
  help: { type: 'boolean' },
} as const;

/** Reads a command line. Throws UsageError for what is no command. */
function parsed(args: readonly string[]): { command: string; words: string[]; options: Options; help: boolean } {
  // A negative number is no option; where there is one it is the last word.
  const negative = args.filter((arg) => /^-\d+$/.test(arg));
  const others = args.filter((arg) => !negative.includes(arg));
  try {
    const { values, positionals } = parseArgs({
      args: [...others, '--', ...negative],
      allowPositionals: true,
      options: OPTIONS,
    });
    const [command = '', ...words] = positionals;
    return { command, words, options: values, help: values.help ?? false };
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

async function main(args: readonly string[]): Promise<void> {
  const { command, words, options, help } = parsed(args);
  if (help) {
    console.log(USAGE);
    return;
  }
  const run = Object.hasOwn(COMMANDS, command) ? COMMANDS[command] : undefined;
  if (!run) throw new UsageError(command === '' ? 'name a command' : `there is no command ${command}`);
  const work = run(words, options);
  await connect(options).catch((error: Error) => {
    throw new UsageError(error.message, { cause: error });
  });
  console.log(await work({ actor: { cli: userInfo().username }, from: 'cli' }));
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (error instanceof AppError) {
    const isDown = error.code === 'unavailable';
    console.error(`${isDown ? 'not now' : 'refused'}: ${error.message}`);
    process.exitCode = isDown ? 2 : 1;
  } else if (error instanceof UsageError) {
    console.error(`${error.message}\n\n${USAGE}`);
    process.exitCode = 2;
  } else {
    console.error(error);
    process.exitCode = 3;
  }
}
