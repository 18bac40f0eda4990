import { parseArgs } from 'node:util';
import { sourceOf } from './tail/destination.ts';
import { follow, TailError } from './tail/follow.ts';
import { HEADING, lineOf } from './tail/line.ts';

const USAGE = `npm run tail -- [options]
Shows every event of a running system's log as it comes, until Ctrl-C. After a break it goes on where it was.

  --type LIST     only these types of events, separated by commas, such as generation.failed,generation.succeeded
  --provider ID   only events about generations of this provider
  --model ID      only events about generations by this model
  --json          whole events, one JSON object a line
  --local         a system that \`npm start\` runs on this machine
  --port N        the port of its site (default 5000)
  --project ID    a real project; needs a key
  --url URL       the address of its live function, where that is another; needs a key
  --key KEY       an API key of scope read:analytics (or in DAILIES_API_KEY, where no list of processes shows it)`;

const text = { type: 'string' } as const;
const flag = { type: 'boolean', default: false } as const;

function options() {
  const { values } = parseArgs({
    options: {
      ...{ type: text, provider: text, model: text, port: text, project: text, url: text, key: text },
      ...{ json: flag, local: flag, help: flag },
    },
  });
  return values;
}

/** Resolves when Ctrl-C, or whoever reads, has had enough. */
async function tail(values: ReturnType<typeof options>): Promise<void> {
  const { url, headers } = sourceOf(values);
  const { type: types, provider, model } = values;
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ types, provider, model }))
    if (value !== undefined) query.set(name, value);
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  process.once('SIGTERM', () => stop.abort());
  // `npm run tail | head` closes its end.
  process.stdout.on('error', () => stop.abort());
  const onNote = (note: string) => console.error(`-- ${note}`);
  if (!values.json) console.log(HEADING);
  const source = { url: query.size > 0 ? `${url}?${query}` : url, headers };
  for await (const event of follow(source, { signal: stop.signal, onNote })) {
    console.log(values.json ? JSON.stringify(event) : lineOf(event));
  }
}

try {
  const values = options();
  if (values.help) console.log(USAGE);
  else await tail(values);
} catch (error) {
  const isUsage = error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
  if (!isUsage && !(error instanceof TailError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
