import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { FirestoreFunction } from './hosted-function.ts';

/**
 * Answers the delivery of a CloudEvent: 200 once the function has run to its end, 500 when it threw or took longer than
 * its timeout.
 */
export async function deliverEvent(fn: FirestoreFunction, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk);
  let event: object;
  try {
    event = parseEvent(req.headers, Buffer.concat(chunks));
  } catch (error) {
    answer(res, 400, `not a CloudEvent: ${error}`);
    return;
  }
  try {
    await withinTime(Promise.resolve(fn.handler(event)), fn);
    answer(res, 200, '{"status":"acknowledged"}');
  } catch (error) {
    console.error(error);
    answer(res, 500, String(error));
  }
}

/**
 * The CloudEvent as the exported function wants it: from `ce-*` headers with the bytes that came in base64 (the way the
 * official suite takes protobuf), or from a structured JSON body.
 */
export function parseEvent(headers: IncomingHttpHeaders, body: Buffer): object {
  const contentType = headers['content-type'] ?? '';
  if (headers['ce-id'] === undefined) return JSON.parse(body.toString());
  const event: Record<string, unknown> = { datacontenttype: contentType };
  for (const [name, value] of Object.entries(headers)) {
    if (name.startsWith('ce-')) event[name.slice('ce-'.length)] = decoded(String(value));
  }
  event.data = contentType.includes('application/protobuf')
    ? Buffer.from(body.toString(), 'base64')
    : JSON.parse(body.toString());
  return event;
}

/** The HTTP binding of CloudEvents percent-encodes what a header cannot carry. */
function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    // Not percent-encoded after all: the text itself is meant.
    return value;
  }
}

async function withinTime(run: Promise<unknown>, { name, timeoutMs }: FirestoreFunction): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${name} took longer than ${timeoutMs / 1000} s`)), timeoutMs);
  });
  try {
    await Promise.race([run, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

function answer(res: ServerResponse, status: number, body: string): void {
  res.writeHead(status, { 'content-type': 'application/json' });
  res.end(body);
}
