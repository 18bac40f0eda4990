/** How a live stream is kept, in real time: sockets know no other. */
export interface LiveLimits {
  /** A silent connection says that often that it is alive; proxies cut what is silent for a minute. */
  heartbeatMs: number;
  /** How often it is asked anew whether the viewer still may watch. */
  recheckMs: number;
  /** The longest stream: the function ends after an hour, without a word. */
  longestMs: number;
  /** What the viewer is told to wait before coming back. */
  retryMs: number;
  /** Frames that may wait for a slow viewer. They are shared by all viewers, so each costs a reference. */
  waitingFrames: number;
  /** How long a viewer who was too slow has to read why the stream ends. */
  lastWordMs: number;
}

export const LIVE_LIMITS: LiveLimits = {
  ...{ heartbeatMs: 15_000, recheckMs: 120_000, longestMs: 3_540_000 },
  ...{ retryMs: 2_000, waitingFrames: 4_000, lastWordMs: 10_000 },
};
