import { ROLLUP_VERSIONS } from '../params.ts';

const MAX_VERSIONS = 2;

/**
 * The versions of the rollups that are kept up, each by itself; the first is the one that answers are made of. Throws RangeError
 * for none, more than two, the same twice, or what is no version.
 */
export function rollupVersions(): [served: number, ...beside: number[]] {
  // A command for people has only the params that it was given.
  const [served, ...beside] = (ROLLUP_VERSIONS.value() || '1').split(',').map((version) => Number(version));
  const versions = new Set([served, ...beside]);
  const areVersions = [...versions].every((version) => Number.isInteger(version) && Number(version) > 0);
  if (served === undefined || !areVersions || versions.size > MAX_VERSIONS || versions.size !== beside.length + 1)
    throw new RangeError(`ROLLUP_VERSIONS must name one or two versions, such as "1" or "1,2"`);
  return [served, ...beside];
}

/** The version that answers are made of. Throws as `rollupVersions`. */
export const servedRollupVersion = (): number => rollupVersions()[0];
