import type { Plan } from '../../core/export/query.ts';
import { LAYOUTS } from './layouts.ts';
import type { Page, Source } from './page.ts';

/** What of a file has been made so far. */
export interface Progress {
  rows: number;
  bytes: number;
  units: number;
  /** Where the next file begins; absent at the end. */
  next: string | undefined;
}

interface Options {
  /** The page that it begins with. */
  first: Page;
  /** Ends the file, after a page, so that another one goes on. */
  isFull?: (progress: Progress) => boolean;
}

/**
 * The text of a whole file, a page at a time; the next page is read when the text of the last was taken, so no more than one is
 * ever held. `progress` is told along the way.
 */
export async function* textsOf(
  source: Source,
  { format }: Pick<Plan, 'format'>,
  progress: Progress,
  { first, isFull = () => false }: Options,
): AsyncGenerator<string> {
  const { head, rows, foot } = LAYOUTS[format];
  const told = (text: string) => {
    progress.bytes += Buffer.byteLength(text);
    return text;
  };
  let text = head(source.columns);
  for (let page = first; ; page = await source.page(page.next)) {
    text += rows(source.columns, page.rows, progress.rows === 0);
    progress.rows += page.rows.length;
    progress.units += page.units;
    progress.next = page.next;
    if (page.next === undefined) break;
    if (text !== '') yield told(text);
    text = '';
    if (isFull(progress)) break;
  }
  yield told(text + foot);
}

/** Nothing made yet. */
export const noProgress = (): Progress => ({ rows: 0, bytes: 0, units: 0, next: undefined });
