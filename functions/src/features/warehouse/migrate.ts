import type { Dataset } from '@google-cloud/bigquery';
import { planOf, type View } from '../../core/warehouse/plan.ts';
import { TABLES, VIEWS } from '../../core/warehouse/tables.ts';
import { existingWarehouse, takeStep } from '../../platform/bigquery/schema.ts';

export interface MigrateOptions {
  /** Where the data is to be kept, such as US. */
  location: string;
  /** The text of a view's file, `scripts/sql/views/<name>.sql`; in it the dataset is called `dailies`. */
  textOf: (view: string) => Promise<string>;
  /** True: nothing is changed. */
  dryRun?: boolean;
  /** Hears of each step before it is taken (or, in a dry run, would be). */
  onStep?: (text: string) => void;
}

/** BigQuery cannot make the warehouse what it should be; nothing was changed. */
export class CannotMigrate extends Error {
  constructor(reasons: readonly string[]) {
    super(`the warehouse cannot be migrated:\n${reasons.map((reason) => `  ${reason}`).join('\n')}`);
    this.name = 'CannotMigrate';
  }
}

/**
 * Makes a dataset what core/warehouse says: tables, columns and views are added and described, never removed. Can be repeated, and
 * goes on after a failure. Answers how many steps there were. Throws CannotMigrate where something stands in the way.
 */
export async function migrate(dataset: Dataset, options: MigrateOptions): Promise<number> {
  const { location, textOf, dryRun = false, onStep } = options;
  const views = await Promise.all(VIEWS.map(async (name) => viewOf(name, await textOf(name), dataset)));
  const names = [...TABLES.map(({ name }) => name), ...VIEWS];
  const description = 'The log of Dailies and views of it. Made by npm run warehouse:migrate.';
  const wanted = { location, description, tables: TABLES, views };
  const { steps, refused } = planOf(wanted, await existingWarehouse(dataset, names));
  if (refused.length > 0) throw new CannotMigrate(refused);
  for (const step of steps) {
    onStep?.(step.text);
    if (!dryRun) await takeStep(dataset, step);
  }
  return steps.length;
}

/** The comment that a file begins with describes the view. BigQuery wants the project named in a view's query. */
function viewOf(name: string, text: string, { id = '', projectId }: Dataset): View {
  const [comment = ''] = /^(--.*\n)+/.exec(text) ?? [];
  const description = comment.replace(/^-- ?/gm, '').replace(/\s+/g, ' ').trim();
  return { name, description, query: text.replace(/\bdailies\./g, `\`${projectId}\`.${id}.`) };
}
