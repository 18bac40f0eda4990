import { invalidQuery } from '../errors.ts';

/** Starts the name that stands for a query parameter in the parse tree. */
export const PARAMETER_PREFIX = '__param_';
const MAX_QUERY_BYTES = 1024 * 1024;

const STRINGS_COMMENTS_NAMES =
  /'''[\s\S]*?'''|"""[\s\S]*?"""|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`[^`]*`|--[^\n]*|#[^\n]*|\/\*[\s\S]*?\*\/|@@?\w*|\*\*/g;

/**
 * The parse tree of one GoogleSQL statement. `@name` is renamed first, since the parser takes it for an operator in some
 * positions. Throws BigQueryError when `sql` is not one statement (or larger than BigQuery's 1 MB).
 */
export async function parseQuery(sql: string): Promise<unknown> {
  if (Buffer.byteLength(sql) > MAX_QUERY_BYTES) throw invalidQuery('The query is too large: the limit is 1 MB.');
  if (sql.includes(PARAMETER_PREFIX)) throw invalidQuery(`A name may not contain ${PARAMETER_PREFIX}.`);
  const renamed = sql.replace(STRINGS_COMMENTS_NAMES, (text) => {
    // The parser wraps what stands beside a comment in a node of its own.
    if (/^(--|#|\/\*)/.test(text)) return ' ';
    if (text === '**') throw invalidQuery('The local BigQuery does not know **; use POW.');
    if (!text.startsWith('@')) return text;
    if (!/^@[A-Za-z_]\w*$/.test(text)) throw invalidQuery(`The local BigQuery does not know ${text}.`);
    return PARAMETER_PREFIX + text.slice(1);
  });
  // Its 22 MB of WebAssembly are loaded by the first query, not by every start.
  const { parse, Dialect } = await import('@polyglot-sql/sdk');
  const parsed = parse(renamed, Dialect.BigQuery);
  if (!parsed.success) throw invalidQuery(`Syntax error: ${parsed.error}`);
  const statements: unknown = parsed.ast;
  if (!Array.isArray(statements) || statements.length !== 1) {
    throw invalidQuery('A query must be exactly one statement.');
  }
  return statements[0];
}
