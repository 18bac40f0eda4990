import type { Value } from './value.ts';

/**
 * What a spreadsheet may take for the beginning of a formula, also after blanks and invisible characters: = + - @ and their
 * full-width and small forms, a tab, a line break. Source: https://owasp.org/www-community/attacks/CSV_Injection
 */
const FORMULA = /^(?:[\t\r\n]|[\s\p{Cc}\p{Cf}]*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20\uFE66\uFE62\uFE63\uFE6B\u2212])/u;

/** A text that no spreadsheet takes for a formula: one that could be is preceded by an apostrophe. */
export function guarded(text: string): string {
  return FORMULA.test(text) ? `'${text}` : text;
}

/** A field as CSV holds it: numbers stay numbers, texts are guarded, null is empty. */
export function csvCell(value: Value): string {
  if (value === null) return '';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return guarded(typeof value === 'string' ? value : JSON.stringify(value));
}
