import { isMap, isScalar, LineCounter, type Node, parseDocument } from 'yaml';
import { ruleProblems } from '../../functions/src/core/alert/checkedRule.ts';
import { type Rule, ruleSchema } from '../../functions/src/core/alert/rule.ts';

const MAX_CHARACTERS = 2_000_000;
const MAX_RULES = 1_000;

/** A file that cannot be used: each line says where and why. */
export class Unreadable extends Error {}

type Path = readonly PropertyKey[];

/** Rules of a YAML file, with their defaults. Throws Unreadable with every mistake as `name:line:column: why`. */
export function readRules(text: string, name: string): Rule[] {
  if (text.length > MAX_CHARACTERS) throw new Unreadable(`${name}: longer than ${MAX_CHARACTERS} characters`);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `${name}:${line}:${col}`;
  };
  const broken = [...document.errors, ...document.warnings].map(({ pos, message }) => `${at(pos[0])}: ${message}`);
  if (broken.length > 0) throw new Unreadable(broken.join('\n'));
  const place = (path: Path, key?: string) => at(offsetOf(document.contents, path, key));

  const entries: unknown = toPlain(document, name);
  const list = isRecord(entries) && Array.isArray(entries.rules) ? entries.rules : undefined;
  if (!list || !isRecord(entries)) throw new Unreadable(`${place([])}: must be a list called rules`);
  const others = Object.keys(entries).filter((key) => key !== 'rules');
  if (others.length > 0) {
    throw new Unreadable(others.map((key) => `${place([], key)}: there is no field ${key}`).join('\n'));
  }
  if (list.length > MAX_RULES) throw new Unreadable(`${place(['rules'])}: more than ${MAX_RULES} rules`);
  const problems: string[] = [];
  const rules = list.map((entry, i) => readRule(entry, (path, key) => place(['rules', i, ...path], key), problems));
  const slugs = new Set<string>();
  for (const [i, rule] of rules.entries()) {
    if (!rule) continue;
    if (slugs.has(rule.slug)) problems.push(`${place(['rules', i, 'slug'])}: slug: another rule has it already`);
    slugs.add(rule.slug);
  }
  if (problems.length > 0) throw new Unreadable(problems.join('\n'));
  return rules.filter((rule) => rule !== undefined);
}

function readRule(entry: unknown, place: (path: Path, key?: string) => string, problems: string[]): Rule | undefined {
  const parsed = ruleSchema.safeParse(entry);
  if (parsed.success) {
    for (const { path, message } of ruleProblems(parsed.data)) {
      const steps = path.split('.').map((each) => (/^\d+$/.test(each) ? Number(each) : each));
      problems.push(`${place(steps)}: ${path}: ${message}`);
    }
    return parsed.data;
  }
  for (const { path, message, ...issue } of parsed.error.issues) {
    const unknown = issue.code === 'unrecognized_keys' ? issue.keys : [];
    for (const key of unknown) problems.push(`${place(path, key)}: there is no field ${[...path, key].join('.')}`);
    if (unknown.length === 0)
      problems.push(`${place(path)}: ${[...path.map(String)].join('.') || 'the rule'}: ${message}`);
  }
  return undefined;
}

function toPlain(document: { toJS(): unknown }, name: string): unknown {
  try {
    return document.toJS();
  } catch (error) {
    // Aliases that unfold without end, or to nothing.
    throw new Unreadable(`${name}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

/** Where a value stands, or a key of it; of what is missing, where it would belong. */
function offsetOf(root: Node | null, path: Path, key?: string): number {
  let node: unknown = root;
  let offset = root?.range?.[0] ?? 0;
  for (const step of path) {
    node = isCollection(node) ? node.get(step, true) : undefined;
    if (!hasRange(node)) return offset;
    offset = node.range[0];
  }
  if (key === undefined || !isMap(node)) return offset;
  const pair = node.items.find((item) => isScalar(item.key) && item.key.value === key);
  return isScalar(pair?.key) ? (pair.key.range?.[0] ?? offset) : offset;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function isCollection(node: unknown): node is { get(key: unknown, keepScalar: true): unknown } {
  return typeof node === 'object' && node !== null && 'get' in node && typeof node.get === 'function';
}

function hasRange(node: unknown): node is { range: [number, number, number] } {
  return typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range);
}
