/** What the API answered; `body` is undefined when it was no JSON. */
export interface Answer {
  status: number;
  body: unknown;
}

/** Sends one JSON request. Rejects only when there is no answer. */
export async function send(
  url: string,
  options: { method?: string; token?: string; key?: string; body?: object } = {},
) {
  const { method = 'GET', token, key, body } = options;
  const answer = await fetch(url, {
    method,
    headers: {
      ...(body && { 'Content-Type': 'application/json' }),
      ...(token !== undefined && { Authorization: `Bearer ${token}` }),
      ...(key !== undefined && { 'Idempotency-Key': key }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, body: parsed(text) } satisfies Answer;
}

/** Sends a request of the drive itself. Throws when it is not answered with 2xx. */
export async function demand(url: string, options: { method?: string; body?: object } = {}): Promise<unknown> {
  const { status, body } = await send(url, options);
  if (status >= 300) throw new Error(`${options.method ?? 'GET'} ${url} answered ${status}: ${JSON.stringify(body)}`);
  return body;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Whoever asked sees that there is no JSON, and has the status to judge by.
    return undefined;
  }
}
