import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** One rewrite of firebase.json. */
export interface Rewrite {
  source?: string;
  regex?: string;
  destination?: string;
  function?: string | { functionId: string; region?: string };
  region?: string;
}

/** The hosting part of firebase.json, as far as this host reads it itself; superstatic reads the rest. */
export interface HostingConfig {
  public?: string;
  ignore?: string[];
  rewrites?: Rewrite[];
}

/**
 * The first site of a firebase.json and the folder its paths start from; undefined when the file has no hosting.
 * Throws when a rewrite leads to something that cannot be served here.
 */
export function readHosting(firebaseJson: string): { config: HostingConfig; cwd: string } | undefined {
  const { hosting } = JSON.parse(readFileSync(firebaseJson, 'utf8'));
  const config: HostingConfig | undefined = Array.isArray(hosting) ? hosting[0] : hosting;
  if (config === undefined) return undefined;
  for (const rewrite of config.rewrites ?? []) {
    if (rewrite.function === undefined && rewrite.destination === undefined) {
      throw new Error(`hosting rewrites go to a function or a destination: ${JSON.stringify(rewrite)}`);
    }
  }
  return { config, cwd: dirname(firebaseJson) };
}

/** The function and, when one is named, the region that a rewrite leads to. */
export function rewriteTarget(rewrite: Rewrite): { name: string; region: string | undefined } | undefined {
  const { function: target, region } = rewrite;
  if (target === undefined) return undefined;
  return typeof target === 'string' ? { name: target, region } : { name: target.functionId, region: target.region };
}
