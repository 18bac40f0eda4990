import type { ServerResponse } from 'node:http';

/**
 * Ends a response that is not finished after `limitMs` (real time): with 504 and `message` when nothing was sent yet,
 * else by closing the connection.
 */
export function limitResponse(res: ServerResponse, limitMs: number, message: string): void {
  const timer = setTimeout(() => {
    if (res.headersSent) {
      res.destroy();
      return;
    }
    res.writeHead(504, { 'content-type': 'text/plain; charset=utf-8' });
    res.end(message);
  }, limitMs);
  res.once('close', () => clearTimeout(timer));
}
