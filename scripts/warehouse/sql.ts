import { glob, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('../sql', import.meta.url));

/** The text of `scripts/sql/<name>.sql`. */
export const sqlText = (name: string): Promise<string> => readFile(`${FOLDER}/${name}.sql`, 'utf8');

/** The text of a view's file. */
export const viewText = (view: string): Promise<string> => sqlText(`views/${view}`);

/** Every file in `scripts/sql`, such as `views/generations`, in order. */
export async function sqlNames(): Promise<string[]> {
  const names: string[] = [];
  for await (const path of glob('**/*.sql', { cwd: FOLDER })) names.push(path.replace(/\.sql$/, ''));
  return names.sort();
}
