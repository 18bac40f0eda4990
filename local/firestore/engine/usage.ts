/** Billed operations: cloud.google.com/firestore/pricing */
export type BilledOperations = Record<'reads' | 'writes' | 'deletes', number>;

export interface UsageReport {
  total: BilledOperations;
  byCollection: Record<string, BilledOperations>;
  /** By what caused them: `get`, `list`, `query`, `aggregate`, `listen`, `write`, `delete`, `ttl`. */
  byOperation: Record<string, BilledOperations>;
}

const none = (): BilledOperations => ({ reads: 0, writes: 0, deletes: 0 });

/** Counts billed operations since the last reset. */
export class Usage {
  #report: UsageReport = { total: none(), byCollection: {}, byOperation: {} };

  /** `collectionId` is the last collection of the document's path. */
  record(kind: keyof BilledOperations, collectionId: string, operation: string, count = 1): void {
    if (count === 0) return;
    const { total, byCollection, byOperation } = this.#report;
    total[kind] += count;
    byCollection[collectionId] ??= none();
    byCollection[collectionId][kind] += count;
    byOperation[operation] ??= none();
    byOperation[operation][kind] += count;
  }

  report(): UsageReport {
    return structuredClone(this.#report);
  }

  reset(): void {
    this.#report = { total: none(), byCollection: {}, byOperation: {} };
  }
}
