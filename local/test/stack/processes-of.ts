import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';

/** Pid and command line of each process that was started for this folder. */
export function processesOf(folder: string): string[] {
  return execFileSync('ps', ['-eo', 'pid,args'])
    .toString()
    .split('\n')
    .filter((line) => line.includes(folder) && !line.includes('mocha'));
}

/** Waits until this holds, for at most 20 s. */
export async function until(what: string, holds: () => boolean): Promise<void> {
  const giveUpAt = performance.now() + 20_000;
  while (!holds()) {
    if (performance.now() > giveUpAt) assert.fail(`never came about: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
