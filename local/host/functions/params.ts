/** One param as the manifest of firebase-functions declares it. */
export interface ParamSpec {
  name: string;
  type?: string;
  default?: string | number | boolean | string[];
}

/** Params that have no value, or a default that only the Firebase CLI can work out. */
export class ParamError extends Error {
  override name = 'ParamError';
}

const EXPRESSION = /\{\{ (.+?) \}\}/g;

/**
 * What has to be put into the environment so that every declared param has the value that the Firebase CLI would give
 * it. `environment` holds the values set so far, `internal` the CLI's own params (PROJECT_ID …). Secrets are left out.
 * Throws ParamError naming each param that has neither value nor usable default.
 */
export function resolveParams(
  specs: readonly ParamSpec[],
  environment: Readonly<Record<string, string | undefined>>,
  internal: Readonly<Record<string, string>>,
): Record<string, string> {
  const resolved: Record<string, string> = {};
  const missing: string[] = [];
  for (const { name, type, default: fallback } of specs) {
    if (type === 'secret' || name in internal) continue;
    const given = environment[name];
    if (given !== undefined) {
      if (type === 'list') resolved[name] = JSON.stringify(listOf(name, given));
    } else if (fallback === undefined) {
      missing.push(name);
    } else {
      const lookUp = (other: string) => internal[other] ?? resolved[other] ?? environment[other];
      resolved[name] = defaultText(name, fallback, lookUp);
    }
  }
  if (missing.length > 0) {
    throw new ParamError(`no value for ${missing.join(', ')}: set it in .env or .env.local, or give it a default`);
  }
  return resolved;
}

/** Names of declared secrets without a value. */
export function missingSecrets(
  specs: readonly ParamSpec[],
  environment: Readonly<Record<string, string | undefined>>,
): string[] {
  return specs.filter(({ type, name }) => type === 'secret' && environment[name] === undefined).map(({ name }) => name);
}

function defaultText(
  param: string,
  fallback: string | number | boolean | string[],
  lookUp: (name: string) => string | undefined,
): string {
  if (Array.isArray(fallback)) return JSON.stringify(fallback.map((entry) => interpolated(param, entry, lookUp)));
  return interpolated(param, String(fallback), lookUp);
}

function interpolated(param: string, text: string, lookUp: (name: string) => string | undefined): string {
  return text.replace(EXPRESSION, (whole, expression: string) => {
    const name = /^params\.(\w+)$/.exec(expression)?.[1];
    const value = name === undefined ? undefined : lookUp(name);
    if (value === undefined) throw new ParamError(`cannot work out the default of ${param}, ${whole}: set ${param}`);
    return value;
  });
}

/** The CLI takes a list as JSON, also in single quotes, or as text with commas. */
function listOf(param: string, text: string): unknown {
  if (!text.includes('[')) return text.split(',');
  try {
    return JSON.parse(text.replaceAll("'", '"'));
  } catch (cause) {
    throw new ParamError(`${param} is no list: ${text}`, { cause });
  }
}
