import { cp, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build, context, type Plugin } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The queries of the warehouse go with the functions, which read them when they run. */
const copySql: Plugin = {
  name: 'copy-sql',
  setup: (hooks) => hooks.onEnd(() => cp(`${root}/scripts/sql`, `${root}/functions/lib/sql`, { recursive: true })),
};

/** Google's and other vendors' large clients stay packages of their own, loaded when first used; everything else is bundled. */
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
  external: [
    'firebase-admin',
    'firebase-functions',
    '@google-cloud/*',
    '@google/genai',
    'google-auth-library',
    '@node-webcodecs/*',
    '@sendgrid/*',
    '@slack/*',
    'twilio',
  ],
  plugins: [copySql],
  logLevel: 'warning',
};

/** Bundles the functions into `functions/lib`. */
export async function buildFunctions(): Promise<void> {
  await rm(`${root}/functions/lib`, { recursive: true, force: true });
  await build(options);
}

/** Bundles now, and again after every change of a source file; `onRebuilt` hears of each later build that worked. */
export async function watchFunctions(onRebuilt: () => void): Promise<void> {
  let first = true;
  const built = Promise.withResolvers<void>();
  const tell: Plugin = {
    name: 'tell',
    setup: (hooks) =>
      hooks.onEnd(({ errors }) => {
        if (first && errors.length > 0) built.reject(new Error('the functions do not build'));
        else if (first) built.resolve();
        else if (errors.length === 0) onRebuilt();
        first = false;
      }),
  };
  const watching = await context({ ...options, plugins: [copySql, tell] });
  await watching.watch();
  await built.promise;
}

if (import.meta.main) await buildFunctions();
