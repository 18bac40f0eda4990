import { glob, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The floors of `functions/src`, lowest first; a file imports from its own room and from floors below. */
const FLOORS = ['core', 'platform', 'providers', 'features', 'http', 'index.ts'] as const;
/** Rooms that share a floor with another one, and may not know each other. */
const SAME_FLOOR: Record<string, (typeof FLOORS)[number]> = { 'params.ts': 'platform', channels: 'providers' };

const CLOUD = /^(firebase|@google-cloud\/|@google\/|google-)/;
/** Node modules that reach outside; features do that through platform/ only. */
const ALWAYS_IO = /^node:(fs|https?|http2|net|dgram|tls|dns|child_process|worker_threads|sqlite)(\/|$)/;
const IMPURE = [
  { pattern: /\bDate\.now\b|\bnew Date\b(?!\([^)])|(?<!new )\bDate\(\)/, what: 'reads the clock' },
  { pattern: /\bMath\.random\b|\brandom(UUID|Bytes|Int)\b|\bgetRandomValues\b|\bwebcrypto\b/, what: 'uses randomness' },
  {
    pattern: /(?<!\/)\b(fetch|setTimeout|setInterval|setImmediate|globalThis|process|performance)\b/,
    what: 'does I/O',
  },
];

const roomOf = (path: string): string => path.split('/')[0] ?? '';
const floorOf = (path: string): number => {
  const room = roomOf(path);
  return FLOORS.indexOf((SAME_FLOOR[room] ?? room) as (typeof FLOORS)[number]);
};

/** What a file imports at run time or as types: `from '…'`, `import '…'`, `import('…')`. */
function importsOf(source: string): { specifier: string; typeOnly: boolean }[] {
  const statements = source.matchAll(/(?:^|\n)\s*(?:import|export)\s+(type\s)?[^;'"]*?from\s+['"]([^'"]+)['"]/g);
  const bare = source.matchAll(/(?:^|\n)\s*import\s+['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/g);
  return [
    ...[...statements].map(([, type, specifier = '']) => ({ specifier, typeOnly: type !== undefined })),
    ...[...bare].map(([, side, lazy]) => ({ specifier: side ?? lazy ?? '', typeOnly: false })),
  ];
}

/** Everything in these files (path below `functions/src` → source) that breaks the order of the house. */
export function violations(files: ReadonlyMap<string, string>): string[] {
  return [...files].flatMap(([path, source]) => [...importViolations(path, source), ...impurities(path, source)]);
}

function importViolations(path: string, source: string): string[] {
  const found: string[] = [];
  if (floorOf(path) < 0) return [`${path}: is in no room of the house`];
  for (const { specifier, typeOnly } of importsOf(source)) {
    if (!specifier.startsWith('.')) {
      const outside = outsideViolation(path, specifier, typeOnly);
      if (outside) found.push(outside);
      continue;
    }
    const target = join(dirname(path), specifier);
    if (target.startsWith('..')) {
      if (target !== '../package.json') found.push(`${path}: imports ${specifier}, outside the house`);
    } else if (floorOf(target) > floorOf(path)) found.push(`${path}: imports upwards, ${target}`);
    else if (floorOf(target) === floorOf(path) && roomOf(target) !== roomOf(path) && roomOf(target) !== 'params.ts') {
      found.push(`${path}: imports the room next door, ${target}`);
    } else if (entersAnotherFeature(path, target))
      found.push(`${path}: enters another feature other than by its index.ts, ${target}`);
  }
  return found;
}

function entersAnotherFeature(path: string, target: string): boolean {
  if (roomOf(target) !== 'features') return false;
  const [, feature, ...rest] = target.split('/');
  const fromFeature = roomOf(path) === 'features' ? path.split('/')[1] : undefined;
  return feature !== fromFeature && rest.join('/') !== 'index.ts';
}

function outsideViolation(path: string, specifier: string, typeOnly: boolean): string | undefined {
  const room = roomOf(path);
  if (CLOUD.test(specifier) && !typeOnly && !['platform', 'params.ts', 'index.ts'].includes(room)) {
    return `${path}: only platform/ imports ${specifier}`;
  }
  if (room === 'features' && ALWAYS_IO.test(specifier)) return `${path}: does I/O past platform/, ${specifier}`;
  if (room === 'core' && (specifier.startsWith('node:') ? specifier !== 'node:crypto' : specifier !== 'zod')) {
    return `${path}: core/ imports ${specifier}`;
  }
  return undefined;
}

function impurities(path: string, source: string): string[] {
  if (path === 'platform/clock.ts') return [];
  const rules = roomOf(path) === 'core' ? IMPURE : IMPURE.slice(0, 1);
  return rules.filter(({ pattern }) => pattern.test(source)).map(({ what }) => `${path}: ${what}`);
}

/** Every source file of the functions, by its path below `functions/src`. */
export async function sources(): Promise<Map<string, string>> {
  const root = fileURLToPath(new URL('../functions/src', import.meta.url));
  const files = new Map<string, string>();
  for await (const path of glob('**/*.ts', { cwd: root })) files.set(path, await readFile(join(root, path), 'utf8'));
  return files;
}
