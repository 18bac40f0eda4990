/** The beginning of an answer as text, at most `maxBytes`; whatever follows is neither read nor waited for. */
export async function beginningOf(answer: Response, maxBytes = 4_096): Promise<string> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of answer.body ?? []) {
    parts.push(part);
    length += part.byteLength;
    if (length >= maxBytes) break;
  }
  return Buffer.concat(parts).subarray(0, maxBytes).toString();
}
