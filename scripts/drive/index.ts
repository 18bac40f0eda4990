import { startStack } from '../../local/stack/in-process.ts';
import { withoutDefaultRules } from '../../local/stack/no-rules.ts';
import { givePlenty } from '../../local/stack/plenty.ts';
import { PROJECT_ID } from '../../local/stack/project.ts';
import type { RecordedFile } from '../mapping/read-file.ts';
import { measureAll, tasksLeft } from './measure.ts';
import { replay } from './replay.ts';
import { type DriveReport, reportOf } from './report.ts';
import { recordedUsers } from './users.ts';

/** The clock starts this long before the first request. */
const LEAD_MS = 60_000;

export interface DriveOptions {
  /** Told after each request, with how many were made and the stack's time. */
  onProgress?: (asked: number, nowMs: number) => void;
}

/**
 * Lets recorded requests drive a whole system of its own, in this process and on free ports, from the built functions:
 * each is asked for by its user at its time, and the video provider takes as long and ends as recorded. Throws when
 * there is no request, or when the system itself breaks; what it does wrong is in the report's checks.
 */
export async function drive({ requests, bad }: RecordedFile, options: DriveOptions = {}): Promise<DriveReport> {
  const first = requests[0];
  if (!first) throw new Error('there is no request to make');
  const stack = await startStack({ startAtMs: first.requestedAtMs - LEAD_MS, running: false });
  try {
    await givePlenty(stack.cloud.firestore);
    // What the file tells of failures is to be measured, not escalated.
    await withoutDefaultRules(stack.cloud.firestore);
    const tokenOf = recordedUsers(stack.cloud.auth.host, PROJECT_ID);
    const startedMs = performance.now();
    stack.cloud.firestore.resetUsage();
    const { asked, scheduleRuns } = await replay({
      ...{ stack, requests, tokenOf },
      onProgress: options.onProgress ?? (() => undefined),
    });
    const wallMs = Math.round(performance.now() - startedMs);
    const usage = stack.cloud.firestore.usage();
    const clockMs = stack.clock.now() - first.requestedAtMs;
    const compared = await measureAll(stack.url, asked, tokenOf);
    return reportOf({
      ...{ asked, bad, compared, usage, scheduleRuns, clockMs, wallMs },
      tasksLeft: await tasksLeft(stack.url),
    });
  } finally {
    await stack.stop();
  }
}
