/** Frames on their way to one viewer, as fast as the viewer takes them. */
export interface FrameStream {
  body: ReadableStream<Uint8Array>;
  /** False when that was one frame too many. Nothing after the end is sent. */
  send(frame: Uint8Array): boolean;
  /** Lets the viewer read what waits, or only the last frame, and ends the stream: after `withinMs` at the latest. */
  end(last: Uint8Array, dropWaiting: boolean, withinMs: number): void;
}

/** `closed` is called once, when the viewer is gone or everything has been sent. */
export function frameStream(maxWaiting: number, closed: () => void): FrameStream {
  let waiting: Uint8Array[] = [];
  let wake: () => void = () => undefined;
  let isEnded = false;
  let cutting: NodeJS.Timeout | undefined;
  let cut: () => void = () => undefined;
  const close = () => {
    isEnded = true;
    waiting = [];
    clearTimeout(cutting);
    closed();
  };
  const body = new ReadableStream<Uint8Array>(
    {
      start: (controller) => {
        cut = () => {
          controller.error(new DOMException('The viewer does not read.', 'AbortError'));
          close();
        };
      },
      async pull(controller) {
        while (waiting.length === 0 && !isEnded) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
        const frame = waiting.shift();
        if (frame) controller.enqueue(frame);
        else {
          controller.close();
          close();
        }
      },
      cancel: () => {
        close();
        wake();
      },
    },
    { highWaterMark: 1 },
  );
  return {
    body,
    send(frame) {
      if (isEnded) return true;
      waiting.push(frame);
      wake();
      return waiting.length <= maxWaiting;
    },
    end(last, dropWaiting, withinMs) {
      if (isEnded) return;
      isEnded = true;
      waiting = dropWaiting ? [last] : [...waiting, last];
      cutting = setTimeout(cut, withinMs);
      wake();
    },
  };
}
