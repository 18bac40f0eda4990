import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const TIME_LIMIT_MS = 120_000;

/** Cannot be had here; the message says what to do. */
export class NoPromtool extends Error {}

/** The path of a promtool that knows `keep_firing_for`: that of this machine, else Debian's, unpacked into `folder`. Throws NoPromtool. */
export function promtool(folder: string): string {
  if (works('promtool')) return 'promtool';
  fetchDebian(folder);
  const unpacked = join(folder, 'usr', 'bin', 'promtool');
  if (existsSync(unpacked) && works(unpacked)) return unpacked;
  throw new NoPromtool('there is no promtool from 2.42 on; on Debian: apt-get install prometheus');
}

/** Runs promtool's tests; `output` says what differs. */
export function testRules(path: string, testFiles: readonly string[]): { passed: boolean; output: string } {
  const { status, stdout, stderr, error } = spawnSync(path, ['test', 'rules', ...testFiles], {
    ...{ encoding: 'utf8', timeout: TIME_LIMIT_MS, maxBuffer: 2 ** 28 },
  });
  if (error) throw error;
  return { passed: status === 0, output: `${stdout}${stderr}` };
}

/** `promtool, version 2.42.0+ds …` */
export function versionOf(path: string): string {
  const { stdout } = spawnSync(path, ['--version'], { encoding: 'utf8', timeout: TIME_LIMIT_MS });
  return /version (\S+)/.exec(stdout ?? '')?.[1] ?? 'unknown';
}

/** `keep_firing_for` came with 2.42. */
function works(path: string): boolean {
  const { status } = spawnSync(path, ['--version'], { timeout: TIME_LIMIT_MS });
  if (status !== 0) return false;
  const [major = 0, minor = 0] = versionOf(path).split('.').map(Number);
  return major > 2 || (major === 2 && minor >= 42);
}

/** Debian's package, without installing it. What does not work is seen by the file not being there. */
function fetchDebian(folder: string): void {
  const options = { cwd: folder, timeout: TIME_LIMIT_MS, stdio: 'ignore' } as const;
  spawnSync('apt-get', ['download', 'prometheus'], options);
  const [packageFile] = readdirSync(folder).filter((name) => /^prometheus_.*\.deb$/.test(name));
  if (packageFile) spawnSync('dpkg', ['-x', packageFile, '.'], options);
}
