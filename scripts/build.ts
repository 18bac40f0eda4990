import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build, context } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Google's clients stay packages of their own, loaded when first used; everything else is bundled. */
const options: BuildOptions = {
  absWorkingDir: `${root}/functions`,
  entryPoints: ['src/index.ts'],
  outdir: 'lib',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  sourcemap: true,
  minifySyntax: true,
  chunkNames: 'chunks/[name]-[hash]',
  external: ['firebase-admin', 'firebase-functions', '@google-cloud/*', '@google/genai', 'google-auth-library'],
  logLevel: 'warning',
};

/** Bundles the functions into `functions/lib`. */
export async function buildFunctions(): Promise<void> {
  await rm(`${root}/functions/lib`, { recursive: true, force: true });
  await build(options);
}

/** Bundles now and after every change of a source file; calls back after each build that worked. */
export async function watchFunctions(onBuilt: () => void): Promise<{ stop(): Promise<void> }> {
  const plugin = {
    name: 'tell',
    setup: (hooks: { onEnd(done: (result: { errors: unknown[] }) => void): void }) =>
      hooks.onEnd(({ errors }) => {
        if (errors.length === 0) onBuilt();
      }),
  };
  const watching = await context({ ...options, plugins: [plugin] });
  await watching.watch();
  return { stop: () => watching.dispose() };
}

if (import.meta.main) await buildFunctions();
