import { logOf } from '../../platform/logs.ts';

const log = logOf('export');
/** Hosting ends an answer after 60 s, and nobody could tell that from its proper end everywhere; this breaks it off before. */
const LONGEST_MS = 50_000;

/**
 * Texts as bytes, each asked for when the one before was sent. `ended` is told once, whether all was sent; the stream ends after
 * it. When a text cannot be had, or not in 50 s, the stream breaks off.
 */
export function streamOf(
  texts: AsyncGenerator<string>,
  ended: (isComplete: boolean) => Promise<void>,
  longestMs = LONGEST_MS,
): ReadableStream<Uint8Array> {
  const startedAtMs = performance.now();
  const encoder = new TextEncoder();
  let isEnded = false;
  const end = async (isComplete: boolean) => {
    if (isEnded) return;
    isEnded = true;
    await ended(isComplete);
  };
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await texts.next();
          if (performance.now() - startedAtMs > longestMs) throw new Error('the export took too long');
          if (!done) return controller.enqueue(encoder.encode(value));
          await end(true);
          controller.close();
        } catch (error) {
          log.error('export broken off', error);
          await end(false);
          throw error;
        }
      },
      async cancel() {
        // A reading under way is waited for; what it brings is dropped.
        await texts.return(undefined);
        await end(false);
      },
    },
    { highWaterMark: 0 },
  );
}
