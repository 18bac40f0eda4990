import { mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const JAVA = fileURLToPath(new URL('java.ts', import.meta.url));

/**
 * Puts a program named `java` into `dir` that serves the local Firestore, and answers the environment in which firebase-tools
 * finds it and takes it for Java with the Firestore emulator.
 */
export async function javaOnPath(dir: string): Promise<Record<string, string>> {
  const bin = join(dir, 'bin');
  await mkdir(bin, { recursive: true });
  const quoted = [process.execPath, JAVA].map((path) => `'${path.replaceAll("'", "'\\''")}'`);
  await writeFile(join(bin, 'java'), `#!/bin/sh\nexec ${quoted.join(' ')} "$@"\n`, { mode: 0o755 });
  const jar = join(dir, 'firestore.jar');
  await writeFile(jar, '');
  return {
    PATH: `${bin}${delimiter}${process.env.PATH ?? ''}`,
    // Any file will do, as long as it is there: firebase-tools then downloads nothing.
    FIRESTORE_EMULATOR_BINARY_PATH: jar,
  };
}
