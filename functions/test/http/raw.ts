import { Agent, request as send } from 'node:http';
import { PROJECT_ID } from '../../../local/stack/project.ts';

const agent = new Agent({ keepAlive: true, maxSockets: 16 });

export interface RawRequest {
  method: string;
  /** Sent as it is: nothing is normalised. */
  path: string;
  /** Header values go out as latin1. */
  headers?: Record<string, string>;
  body?: string | Buffer;
  /** Send the body in chunks, without a Content-Length. */
  chunked?: boolean;
}

export interface RawAnswer {
  status: number;
  headers: Record<string, string | undefined>;
  text: string;
}

/** The api function's own address, past Hosting: paths arrive there as they were sent. */
export const directUrl = (url: string): string => `${url}/${PROJECT_ID}/us-central1/api`;

/** One HTTP request byte for byte, which `fetch` would tidy up. */
export function raw(
  base: string,
  { method, path, headers = {}, body, chunked = false }: RawRequest,
): Promise<RawAnswer> {
  const { hostname, port, pathname } = new URL(base);
  const bytes = body === undefined ? undefined : Buffer.from(body);
  const framed = bytes && (chunked ? { 'Transfer-Encoding': 'chunked' } : { 'Content-Length': String(bytes.length) });
  return new Promise((resolve, reject) => {
    const sent = send(
      {
        ...{ hostname, port, method, agent },
        path: `${pathname.replace(/\/$/, '')}${path}`,
        headers: { ...headers, ...framed },
      },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk) => chunks.push(chunk));
        answer.on('error', reject);
        answer.on('end', () =>
          resolve({
            status: answer.statusCode ?? 0,
            headers: answer.headers as RawAnswer['headers'],
            text: Buffer.concat(chunks).toString(),
          }),
        );
      },
    );
    sent.on('error', reject);
    sent.end(bytes);
  });
}
