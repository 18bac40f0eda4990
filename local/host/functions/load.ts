import { realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ParamSpec } from './params.ts';

/** The part of a firebase-functions 7.4.0 endpoint that this host reads; values may be params that resolve late. */
export interface Endpoint {
  entryPoint: string;
  platform?: string;
  region?: unknown;
  timeoutSeconds?: unknown;
  httpsTrigger?: object;
  callableTrigger?: object;
  taskQueueTrigger?: { retryConfig?: Record<string, unknown>; rateLimits?: Record<string, unknown> };
  scheduleTrigger?: { schedule: unknown; timeZone?: unknown; retryConfig?: Record<string, unknown> };
  eventTrigger?: {
    eventType: string;
    eventFilters?: Record<string, unknown>;
    eventFilterPathPatterns?: Record<string, unknown>;
    retry?: unknown;
  };
}

export interface Stack {
  endpoints: Record<string, Endpoint>;
  params?: ParamSpec[];
  requiredAPIs?: { api: string; reason: string }[];
}

export interface LoadedFunctions {
  stack: Stack;
  /** Everything that the build exports. */
  exports: Readonly<Record<string, unknown>>;
}

/**
 * Loads a built functions folder as the Firebase CLI does: through `loadStack` of the firebase-functions that the
 * folder itself resolves. That function is internal (7.4.0) and hidden by the package's exports, hence the file path.
 */
export async function loadFunctions(functionsDir: string): Promise<LoadedFunctions> {
  const require = createRequire(join(functionsDir, 'package.json'));
  const loader: { loadStack(dir: string): Promise<Stack> } = require(internalFile(require, 'lib/runtime/loader.js'));
  const registry: { clearParams(): void } = require(internalFile(require, 'lib/params/index.js'));
  // The registry holds the params of everything this process has loaded; a module declares its own only once.
  registry.clearParams();
  const stack = await loader.loadStack(functionsDir);
  const bundle = realpathSync(require.resolve(functionsDir));
  const params = paramsOf.get(bundle) ?? stack.params ?? [];
  paramsOf.set(bundle, [...params]);
  const exports: Record<string, unknown> = await import(pathToFileURL(require.resolve(functionsDir)).href);
  return { stack: { ...stack, params: [...params] }, exports };
}

/** The params that each bundle declared when it was first loaded. */
const paramsOf = new Map<string, ParamSpec[]>();

/** The version of firebase-functions that a functions folder uses. */
export function sdkVersion(functionsDir: string): string {
  const require = createRequire(join(functionsDir, 'package.json'));
  return require(internalFile(require, 'package.json')).version;
}

/** The exported function behind an entry point such as `group.name`. Throws when it is none. */
export function exportedFunction(exports: Readonly<Record<string, unknown>>, entryPoint: string): unknown {
  let found: unknown = exports;
  for (const part of entryPoint.split('.')) found = (found as Record<string, unknown> | undefined)?.[part];
  if (typeof found !== 'function') throw new Error(`the build exports no function ${entryPoint}`);
  return found;
}

function internalFile(require: NodeJS.Require, file: string): string {
  const main = require.resolve('firebase-functions');
  const folder = `${sep}firebase-functions${sep}`;
  return join(dirname(main.slice(0, main.lastIndexOf(folder) + folder.length)), 'firebase-functions', file);
}
