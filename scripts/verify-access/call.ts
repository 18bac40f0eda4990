/** What the API answered; `body` is empty where that was no JSON. */
export interface Answer {
  status: number;
  body: Record<string, unknown>;
}

export type Call = (method: string, path: string, headers: Record<string, string>, body?: object) => Promise<Answer>;

/** Sends requests to the API at `url`. */
export function callerOf(url: string): Call {
  return async (method, path, headers, body) => {
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: { ...headers, ...(body && { 'Content-Type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    const isJson = answer.headers.get('content-type')?.includes('json') ?? false;
    return { status: answer.status, body: isJson && text !== '' ? JSON.parse(text) : {} };
  };
}
