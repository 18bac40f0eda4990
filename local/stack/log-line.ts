/** A structured log line of the functions as a person reads it; any other line stays as it is. */
export function readableLogLine(line: string): string {
  if (!line.startsWith('{')) return line;
  let entry: Record<string, unknown>;
  try {
    entry = JSON.parse(line);
  } catch {
    // Not one of ours after all.
    return line;
  }
  const { severity, message, component, requestId, stack, ...fields } = entry;
  const shown = Object.entries(fields).map(([key, value]) => `${key}=${value}`);
  const head = [String(severity).padEnd(7), component, message, ...shown]
    .filter((part) => part !== undefined)
    .join(' ');
  return stack === undefined ? head : `${head}\n${stack}`;
}
