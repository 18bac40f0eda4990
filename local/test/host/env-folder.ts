import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FIXTURE_DIR } from './fixture-host.ts';

const NODE_MODULES = fileURLToPath(new URL('../../../node_modules', import.meta.url));

/** A functions folder of its own around the fixture's functions, with the files given (`.env` and the like). */
export function makeFunctionsFolder(files: Record<string, string>): { dir: string; remove(): void } {
  const dir = mkdtempSync(join(tmpdir(), 'dailies-functions-'));
  const main = relative(dir, join(FIXTURE_DIR, 'index.ts'));
  writeFileSync(join(dir, 'package.json'), JSON.stringify({ type: 'module', main }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
  symlinkSync(NODE_MODULES, join(dir, 'node_modules'));
  return { dir, remove: () => rmSync(dir, { recursive: true }) };
}
