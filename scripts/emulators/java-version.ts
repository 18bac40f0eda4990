import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

/** What Google's Firestore emulator runs on, as of firebase-tools 15. */
export const OLDEST_JAVA = 21;

/** The major version in what `java -version` writes; undefined when it does not say. */
export function javaVersionIn(written: string): number | undefined {
  const [, major] = /version "(?:1\.)?(\d+)/.exec(written) ?? [];
  return major === undefined ? undefined : Number(major);
}

/** Why Google's Firestore emulator cannot run with this Java, in words; undefined when it can. */
export function javaTrouble(version: number | undefined): string | undefined {
  if (version !== undefined && version >= OLDEST_JAVA) return undefined;
  const found = version === undefined ? 'there is none on the PATH' : `the one on the PATH is Java ${version}`;
  return (
    `The official Firestore emulator needs Java ${OLDEST_JAVA} or newer, and ${found}. Install a JDK ${OLDEST_JAVA} ` +
    '(https://adoptium.net), or use the local stack, which needs no Java: npm start'
  );
}

/** The major version of the Java on the PATH; undefined without one. */
export async function installedJava(): Promise<number | undefined> {
  const java = spawn('java', ['-version'], { stdio: ['ignore', 'pipe', 'pipe'] });
  try {
    const [out, err] = await Promise.all([text(java.stdout), text(java.stderr), once(java, 'spawn')]);
    return javaVersionIn(out + err);
  } catch (error) {
    // Nothing of that name can be run.
    if (error instanceof Error && 'code' in error && ['ENOENT', 'EACCES'].includes(String(error.code)))
      return undefined;
    throw error;
  }
}
