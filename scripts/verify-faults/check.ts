import type { Check } from '../drive/report.ts';

const SHOWN = 4;

/** A check of `total` things that holds when none is `wrong`; the first wrong ones are shown. */
export function checkAll(name: string, total: number, wrong: readonly string[]): Check {
  const some = `${wrong.slice(0, SHOWN).join('; ')}${wrong.length > SHOWN ? '; …' : ''}`;
  return {
    name,
    ok: wrong.length === 0,
    found: wrong.length === 0 ? `${total} of ${total}` : `${wrong.length} of ${total} wrong: ${some}`,
  };
}
