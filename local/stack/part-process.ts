/** One part of the stack, up and running. */
export interface RunningPart {
  /** Told to the parent: where it is. */
  ready: object;
  stop(): Promise<void>;
}

/**
 * Makes this process one part of the stack: starts it, tells the parent where it is, and stops it on SIGTERM, SIGINT or when
 * the parent is gone, also in the middle of the start. Rejects when it cannot start.
 */
export async function runPart(start: () => Promise<RunningPart>): Promise<void> {
  let ending = false;
  const end = async () => {
    if (ending) return;
    ending = true;
    // What fails to start now is no news to anybody, and leaves nothing to stop.
    const part = await starting.catch(() => undefined);
    await part?.stop();
    // Google's clients and the functions may hold sockets and timers of their own.
    process.exit(0);
  };
  for (const event of ['SIGTERM', 'SIGINT', 'disconnect']) process.on(event, end);
  const starting = start();
  // The parent may have gone before anybody listened.
  if (process.connected === false) return end();
  try {
    const { ready } = await starting;
    // A message that does not arrive means that the parent is gone.
    if (!ending) process.send?.({ ready }, (error: Error | null) => error && end());
  } catch (error) {
    if (!ending) throw error;
  }
}
