const BAR_CHARS = 30;
const EVERY_MS = 200;
const LINE_EVERY_MS = 5_000;

/** A bar on a terminal, or now and then a line where output is none. */
export function showProgress(total: number, out: Pick<NodeJS.WriteStream, 'write' | 'isTTY'> = process.stderr) {
  const startedMs = performance.now();
  let shownMs = startedMs;
  return {
    show(done: number): void {
      const nowMs = performance.now();
      if (nowMs - shownMs < (out.isTTY ? EVERY_MS : LINE_EVERY_MS)) return;
      shownMs = nowMs;
      const rowsPerSec = Math.round((done / (nowMs - startedMs)) * 1_000);
      const told = `${done} of ${total} rows, ${rowsPerSec} rows/s`;
      const filled = Math.floor((done / total) * BAR_CHARS);
      out.write(out.isTTY ? `\r[${'█'.repeat(filled).padEnd(BAR_CHARS, '·')}] ${told}\x1b[K` : `${told}\n`);
    },
    clear(): void {
      if (out.isTTY) out.write('\r\x1b[K');
    },
  };
}
