import { parseArgs } from 'node:util';
import { monitoringFiles } from './monitoring/files.ts';

const USAGE = `npm run monitoring:apply -- --project ID [options]
Makes the dashboards and alert policies of Cloud Monitoring those of dashboards/monitoring, with the credentials of this shell
(gcloud auth application-default login). What is there is brought up to date; what has no file any more stays. A new metric may take
10 minutes until policies can be about it ("Cannot find metric"): then do it again.

  --project ID      the Google Cloud project (default: GCLOUD_PROJECT)
  --notify CHANNEL  whom the policies tell: projects/ID/notificationChannels/N, any number of times; without it those of a policy
                    that is there stay, and a new one tells nobody
  --dry-run         changes nothing; Cloud Monitoring says whether it would take the dashboards

Exit codes: 0 done; 1 Cloud Monitoring refused something; 2 not understood.`;

class UsageError extends Error {}

const OPTIONS = {
  project: { type: 'string' },
  notify: { type: 'string', multiple: true },
  'dry-run': { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

const CHANNEL = /^projects\/[^/]+\/notificationChannels\/[^/]+$/;

function parsed(args: string[]) {
  try {
    return parseArgs({ args, options: OPTIONS }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

async function main(args: string[]): Promise<void> {
  const { project = process.env.GCLOUD_PROJECT, notify: channels = [], 'dry-run': dryRun, help } = parsed(args);
  if (help) {
    console.log(USAGE);
    return;
  }
  if (!project) throw new UsageError('name a project: --project ID');
  const strange = channels.find((channel) => !CHANNEL.test(channel));
  if (strange !== undefined) throw new UsageError(`${strange} is no notification channel`);
  process.env.GCLOUD_PROJECT = project;
  const { applyFiles } = await import('./monitoring/apply.ts');
  for (const { path, done, name } of await applyFiles(await monitoringFiles(), { dryRun, channels })) {
    console.log(`${dryRun ? 'would be ' : ''}${done}  ${path}${name ? `  ${name}` : ''}`);
  }
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  const refused = error instanceof Error ? error.message : String(error);
  console.error(error instanceof UsageError ? `${refused}\n\n${USAGE}` : refused);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
