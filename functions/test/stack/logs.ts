export interface LogLine {
  severity: string;
  message: string;
  component?: string;
  requestId?: string;
  [field: string]: unknown;
}

export interface Logs {
  /** The functions' structured lines since the capture began. */
  lines: LogLine[];
  /** Everything that was written, as it was. */
  text(): string;
  restore(): void;
}

/** Keeps what the functions log, instead of showing it, until `restore`. Other output goes where it went. */
export function capturedLogs(): Logs {
  const lines: LogLine[] = [];
  const written: string[] = [];
  const restores = [process.stdout, process.stderr].map((stream) => {
    const write = stream.write;
    stream.write = ((chunk: string | Uint8Array, ...rest: []) => {
      const text = String(chunk);
      written.push(text);
      if (!text.startsWith('{"severity"')) return write.call(stream, chunk, ...rest);
      lines.push(JSON.parse(text));
      return true;
    }) as typeof stream.write;
    return () => {
      stream.write = write;
    };
  });
  return {
    lines,
    text: () => written.join(''),
    restore: () => {
      for (const restore of restores) restore();
    },
  };
}
