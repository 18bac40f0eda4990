/** How much one step of aggregation, which is one commit, takes at most. */
export interface StepLimits {
  events: number;
  /**
   * Documents changed. A history that comes in touches every hour of many days at once: the more of it is folded together, the
   * less often each of its documents is written.
   */
  documents: number;
  /** Bytes of cells: far below Firestore's 10 MiB a request. */
  bytes: number;
  /** Events read at once. */
  page: number;
}

export const STEP_LIMITS: StepLimits = { events: 2_000, documents: 1_000, bytes: 6 * 1_024 * 1_024, page: 500 };
