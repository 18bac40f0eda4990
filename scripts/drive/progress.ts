const EVERY_MS = 200;

/** One line on a terminal that says how far a drive is; nothing where output is no terminal. */
export function showProgress(total: number, out: NodeJS.WriteStream = process.stderr) {
  const startedMs = performance.now();
  let shownMs = Number.NEGATIVE_INFINITY;
  return {
    show(asked: number, nowMs: number): void {
      if (!out.isTTY || performance.now() - shownMs < EVERY_MS) return;
      shownMs = performance.now();
      const rowsPerSec = (asked / (shownMs - startedMs)) * 1000;
      const at = new Date(nowMs).toISOString().slice(0, 16).replace('T', ' ');
      out.write(`\r${asked} of ${total} rows, ${at}, ${rowsPerSec.toFixed(0)} rows/s\x1b[K`);
    },
    clear(): void {
      if (out.isTTY) out.write('\r\x1b[K');
    },
  };
}
