import assert from 'node:assert/strict';
import { parse } from 'csv-parse/sync';

/** A file as it came, with its headers. */
export interface Download {
  text: string;
  headers: Headers;
}

/** Exports as somebody, and asserts that the file itself is the answer. */
export async function download(url: string, idToken: string, query: string): Promise<Download> {
  const answer = await fetch(`${url}/api/v1/export?${query}`, { headers: { Authorization: `Bearer ${idToken}` } });
  const text = await answer.text();
  assert.equal(answer.status, 200, text);
  return { text, headers: answer.headers };
}

/** The records of a CSV file by the names in its header row. */
export function recordsOf(text: string): Record<string, string>[] {
  assert.ok(text.endsWith('\r\n'));
  return parse(text, { columns: true, record_delimiter: '\r\n' });
}
