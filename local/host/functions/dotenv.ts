import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const RESERVED_PREFIXES = ['X_GOOGLE_', 'FIREBASE_', 'EXT_', 'KIT_'];
const RESERVED_KEYS = new Set(
  `FIREBASE_CONFIG CLOUD_RUNTIME_CONFIG EVENTARC_CLOUD_EVENT_SOURCE ENTRY_POINT GCP_PROJECT GCLOUD_PROJECT
  GOOGLE_CLOUD_PROJECT FUNCTION_TRIGGER_TYPE FUNCTION_NAME FUNCTION_MEMORY_MB FUNCTION_TIMEOUT_SEC FUNCTION_IDENTITY
  FUNCTION_REGION FUNCTION_TARGET FUNCTION_SIGNATURE_TYPE K_SERVICE K_REVISION PORT K_CONFIGURATION`.split(/\s+/),
);

const ESCAPES: Record<string, string> = { n: '\n', r: '\r', t: '\t', v: '\v' };
const ASSIGNMENT =
  /^[^\S\n]*(?:export[^\S\n]+)?([\w./]+)[^\S\n]*=[^\S\n]*('(?:\\'|[^'])*'|"(?:\\"|[^"])*"|[^#\n]*)[^\S\n]*(?:#[^\n]*)?$/gm;

/** A `.env` file that the Firebase CLI would refuse as well. */
export class DotenvError extends Error {
  override name = 'DotenvError';
}

/** Reads one `.env` text. Throws DotenvError for lines that are no assignment and for reserved or malformed keys. */
export function parseDotenv(text: string, fileName = '.env'): Record<string, string> {
  const unix = text.replace(/\r\n?/g, '\n');
  const values: Record<string, string> = {};
  for (const [, key = '', raw = ''] of unix.matchAll(ASSIGNMENT)) values[key] = unquoted(raw.trim());
  const problems = unix
    .replace(ASSIGNMENT, '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => `not an assignment: ${line}`);
  for (const key of Object.keys(values)) {
    const problem = keyProblem(key);
    if (problem !== undefined) problems.push(problem);
  }
  if (problems.length > 0) throw new DotenvError(`${fileName}: ${problems.join('; ')}`);
  return values;
}

/** Values of `.env`, `.env.<projectId>` and `.env.local` in a functions folder; the later file wins. */
export function readDotenvFiles(functionsDir: string, projectId: string): Record<string, string> {
  return Object.assign({}, ...['.env', `.env.${projectId}`, '.env.local'].map((name) => readFile(functionsDir, name)));
}

/** Values of `.secret.local`, which stands in for Secret Manager. */
export function readLocalSecrets(functionsDir: string): Record<string, string> {
  return readFile(functionsDir, '.secret.local');
}

function readFile(dir: string, name: string): Record<string, string> {
  const path = join(dir, name);
  return existsSync(path) ? parseDotenv(readFileSync(path, 'utf8'), name) : {};
}

function unquoted(raw: string): string {
  const quote = raw[0];
  if (raw.length < 2 || raw.at(-1) !== quote) return raw;
  if (quote === "'") return raw.slice(1, -1);
  if (quote !== '"') return raw;
  return raw.slice(1, -1).replace(/\\([nrtv\\'"])/g, (_, escaped: string) => ESCAPES[escaped] ?? escaped);
}

function keyProblem(key: string): string | undefined {
  if (RESERVED_KEYS.has(key)) return `${key} is reserved for internal use`;
  if (!/^[A-Z_][A-Z0-9_]*$/.test(key)) return `${key} must be upper case letters, digits and underscores`;
  const prefix = RESERVED_PREFIXES.find((reserved) => key.startsWith(reserved));
  return prefix === undefined ? undefined : `${key} starts with the reserved prefix ${prefix}`;
}
